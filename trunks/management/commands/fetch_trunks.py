"""Fetch PBXs from the command line, as a page does."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from trunks.failures import explain
from trunks.management.counting import counted
from trunks.models import Fetch, FetchRun, Pbx
from trunks.services.export.trunk_json import trunk_as_json
from trunks.services.fetching import PbxGone, fetch_now
from trunks.services.runs import run_start, run_work_off


class Command(BaseCommand):
    """Fetch all PBXs, a site, what is due, one PBX, or some of its trunks; exits with 1 when a PBX failed."""

    help = "Fetch SIP trunks: of all PBXs, of a site, of those that are due, of one, or some trunks of one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to fetch and how to print it."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--all", action="store_true", help="every enabled PBX")
        which.add_argument("--site", metavar="NAME", help="the enabled PBXs of one site")
        which.add_argument(
            "--due", action="store_true", help="PBXs whose own interval has passed; for cron"
        )
        which.add_argument("--pbx", metavar="SLUG", help="one PBX, by the name in its address")
        parser.add_argument("--trunk", metavar="ID[,ID…]", help="with --pbx: only these trunks")
        parser.add_argument("--json", action="store_true", help="print JSON, not a table")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Fetch, and print what came of it."""
        remote_ids = _ids(options["trunk"])
        if remote_ids and options["pbx"] is None:
            raise CommandError("--trunk goes with --pbx: ids belong to one PBX.")
        if options["pbx"] is not None:
            fetches = [_fetch_one(options["pbx"], remote_ids)]
            if not options["json"]:
                self._print_row(fetches[0], len(fetches[0].pbx.slug))
        else:
            fetches = self._fetch_several(options)
        if options["json"]:
            answers = [_as_json(fetch, remote_ids) for fetch in fetches]
            self.stdout.write(json.dumps(answers, indent=2, ensure_ascii=False))
        failed = [fetch for fetch in fetches if fetch.state != Fetch.State.SUCCEEDED]
        if failed:
            raise CommandError(f"{len(failed)} of {len(fetches)} PBXs failed.")

    def _fetch_several(self, options: dict[str, Any]) -> list[Fetch]:
        """Fetch side by side; a line for each PBX as it ends, and in a terminal a bar below."""
        scope, pbxs = _several(options["site"], due=options["due"])
        if not pbxs:
            self.stderr.write("No PBX is due.")
            return []
        width = max(len(pbx.slug) for pbx in pbxs)
        run = run_start(pbxs=pbxs, scope=scope, site=options["site"] or "", wake=False)
        fetches = []
        with tqdm(total=run.progress().total, unit=" PBX", disable=None, leave=False) as bar:
            for fetch in run_work_off(run=run, threads=settings.PBXDASH_FETCH_THREADS):
                fetches.append(fetch)
                if not options["json"]:
                    with bar.external_write_mode():
                        self._print_row(fetch, width)
                bar.update()
        return fetches

    def _print_row(self, fetch: Fetch, width: int) -> None:
        self.stdout.write(f"{fetch.pbx.slug:<{width}}  {fetch.state:<11}  {_outcome(fetch)}")
        self.stdout.flush()


def _fetch_one(slug: str, remote_ids: list[str]) -> Fetch:
    try:
        return fetch_now(pbx=_named(slug), remote_ids=remote_ids)
    except (PbxGone, Fetch.DoesNotExist):
        raise CommandError(f"The PBX {slug!r} was deleted a moment ago.") from None


def _several(site: str | None, *, due: bool) -> tuple[FetchRun.Scope, list[Pbx]]:
    """Return the PBXs that were asked for; only "due" may be nobody."""
    if due:
        return FetchRun.Scope.DUE, Pbx.objects.due()
    pbxs = Pbx.objects.enabled()
    if site is None:
        if not pbxs:
            raise CommandError("There is no enabled PBX: add one on the page PBXs first.")
        return FetchRun.Scope.ALL, list(pbxs)
    if not pbxs.filter(site=site):
        sites = pbxs.exclude(site="").order_by("site").values_list("site", flat=True).distinct()
        raise CommandError(
            f"No enabled PBX is at the site {site!r}. Known: {', '.join(sites) or 'none yet'}."
        )
    return FetchRun.Scope.SITE, list(pbxs.filter(site=site))


def _named(slug: str) -> Pbx:
    pbx = Pbx.objects.filter(slug=slug).first()
    if pbx is None:
        known = ", ".join(Pbx.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no PBX {slug!r}. Known: {known}.")
    return pbx


def _ids(text: str | None) -> list[str]:
    if text is None:
        return []
    ids = [piece.strip() for piece in text.split(",") if piece.strip()]
    if not ids or any(len(remote_id.split()) > 1 for remote_id in ids):
        raise CommandError("--trunk takes ids like 15 or 15,16.")
    return ids


def _outcome(fetch: Fetch) -> str:
    if fetch.state != Fetch.State.SUCCEEDED:
        return str(explain(fetch.reason, errno=fetch.errno, detail=fetch.detail))
    counts = f"{fetch.added} new, {fetch.changed} changed, {fetch.removed} removed"
    missing = f", not answered: {fetch.detail}" if fetch.detail else ""
    return f"{counted(fetch.seen, 'trunk')} read: {counts}{missing}"


def _as_json(fetch: Fetch, remote_ids: list[str]) -> dict[str, object]:
    """Return what came of a fetch with the trunks that were asked for: one that was joined may have read more."""
    failed = fetch.state != Fetch.State.SUCCEEDED
    why = explain(fetch.reason, errno=fetch.errno, detail=fetch.detail) if failed else None
    trunks = fetch.pbx.trunks.present().prefetch_related("bindings").order_by("id")
    if remote_ids:
        trunks = trunks.filter(remote_id__in=remote_ids)
    return {
        "pbx": fetch.pbx.slug,
        "state": fetch.state,
        "reason": fetch.reason,
        "errno": fetch.errno,
        "message": str(why) if why else "",
        "seen": fetch.seen,
        "added": fetch.added,
        "changed": fetch.changed,
        "removed": fetch.removed,
        "trunks": [] if failed else [trunk_as_json(trunk) for trunk in trunks],
    }
