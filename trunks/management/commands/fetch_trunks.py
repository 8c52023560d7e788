"""Fetch PBXs from the command line, as a page does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.failures import explain
from trunks.models import Fetch, Pbx
from trunks.services.export import trunk_as_json
from trunks.services.fetching import fetch_now


class Command(BaseCommand):
    """Fetch all PBXs, one PBX, or some of its trunks; the exit status is 1 when a PBX failed."""

    help = "Fetch SIP trunks: of all PBXs, of one, or some trunks of one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to fetch and how to print it."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--all", action="store_true", help="every enabled PBX")
        which.add_argument("--pbx", metavar="SLUG", help="one PBX, by the name in its address")
        parser.add_argument("--trunk", metavar="ID[,ID…]", help="with --pbx: only these trunks")
        parser.add_argument("--json", action="store_true", help="print JSON, not a table")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Fetch one PBX after the other, and print what came of it."""
        remote_ids = _ids(options["trunk"])
        if remote_ids and options["all"]:
            raise CommandError("--trunk goes with --pbx: ids belong to one PBX.")
        chosen = self._chosen(options["pbx"])
        width = max(len(pbx.slug) for pbx in chosen)
        fetches = []
        for pbx in chosen:
            fetches.append(fetch_now(pbx=pbx, remote_ids=remote_ids))
            if not options["json"]:
                self._print_row(fetches[-1], width)
        if options["json"]:
            answers = [_as_json(fetch) for fetch in fetches]
            self.stdout.write(json.dumps(answers, indent=2, ensure_ascii=False))
        failed = [fetch for fetch in fetches if fetch.state != Fetch.State.SUCCEEDED]
        if failed:
            raise CommandError(f"{len(failed)} of {len(fetches)} PBXs failed.")

    def _chosen(self, slug: str | None) -> Sequence[Pbx]:
        if slug is None:
            pbxs = list(Pbx.objects.enabled())
            if not pbxs:
                raise CommandError("There is no enabled PBX: add one on the page PBXs first.")
            return pbxs
        pbx = Pbx.objects.filter(slug=slug).first()
        if pbx is None:
            known = ", ".join(Pbx.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no PBX {slug!r}. Known: {known}.")
        return [pbx]

    def _print_row(self, fetch: Fetch, width: int) -> None:
        self.stdout.write(f"{fetch.pbx.slug:<{width}}  {fetch.state:<11}  {_outcome(fetch)}")
        self.stdout.flush()


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
    return f"{fetch.seen} trunks read: {counts}{missing}"


def _as_json(fetch: Fetch) -> dict[str, object]:
    failed = fetch.state != Fetch.State.SUCCEEDED
    why = explain(fetch.reason, errno=fetch.errno, detail=fetch.detail) if failed else None
    trunks = fetch.pbx.trunks.present().prefetch_related("bindings").order_by("id")
    if fetch.remote_ids:
        trunks = trunks.filter(remote_id__in=fetch.remote_ids)
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
