"""Limit a person to the PBXs of some sites, or lift the limit."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunks.models import Pbx, SiteLimit
from trunks.search.text import as_value
from trunks.services.site_limits import site_limits_set


class Command(BaseCommand):
    """`manage.py limit_sites NAME --site Leeds --site Paris`, or `--all`."""

    help = "Let a person see the PBXs of some sites and no others, or of all; it holds from the next page on."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whom and to what; a person without any site could be mistaken for one with all."""
        parser.add_argument("name", help="the name that the person logs in with")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--site", metavar="SITE", action="append", help="a site to see; give it once for each"
        )
        which.add_argument("--all", action="store_true", help="lift the limit: see all sites")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Set the limit, and say what comes of it."""
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['name']!r}.")
        sites = list(dict.fromkeys(map(_checked, options["site"] or ())))
        site_limits_set(user=user, sites=sites)
        if not sites:
            self.stdout.write(f"{user} sees the PBXs of all sites.")
            return
        here = {as_value(site) for site in Pbx.objects.sites()}
        for site in sites:
            if as_value(site) not in here:
                self.stderr.write(f"No PBX is at {site!r} now: this shows nothing.")
        self.stdout.write(f"{user} sees the PBXs at {', '.join(sites)}, and nothing of others.")


def _checked(site: str) -> str:
    longest = SiteLimit._meta.get_field("site").max_length or 0  # noqa: SLF001  documented
    if not as_value(site) or len(site) > longest:
        raise CommandError("--site takes the name of a site, as its PBXs have it.")
    return site
