"""What the shell around every page shows. Nothing here is read before a template asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.functional import cached_property

from pbxdash.session_ends import seconds_left
from trunks.checks import is_loopback_host
from trunks.htmx import HtmxHttpRequest
from trunks.models import NOTHING, UNLIMITED, Fetch, Pbx, SavedView, Sight, Trunk, reads_only
from trunks.models.compiled import ask
from trunks.required_factor import lacks_required_factor
from trunks.runs import RunLine, live_runs
from trunks.sight import sight_of

LISTED_PBXS = 20
SHOWN_FETCHES = 20
THEME_COOKIE = "pbxdash_theme"
THEMES = ("system", "light", "dark")


@dataclass(frozen=True)
class PbxLine:
    """A PBX in the sidebar."""

    pbx: Pbx
    trunks: int

    @property
    def is_known(self) -> bool:
        """Tell whether the number means anything: of a PBX that was never read it does not."""
        return self.trunks > 0 or self.pbx.observed_at is not None


class Shell:
    """One request's view of the whole site: five queries for a full page, none for most fragments."""

    pbx_pages = ("pbx", "pbx-edit", "pbx-delete")

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def theme(self) -> str:
        """The theme this browser chose; empty to follow the system."""
        theme = self._request.COOKIES.get(THEME_COOKIE, "")
        return theme if theme in {"light", "dark"} else ""

    @property
    def reads_only(self) -> bool:
        """Tell whether the person is an auditor, for whom nothing is drawn that would change something."""
        return reads_only(self._request.user)

    @property
    def is_demo(self) -> bool:
        """Tell whether the PBXs are simulated."""
        return bool(settings.PBXDASH_DEMO)

    @property
    def is_plain_http(self) -> bool:
        """Tell whether pages cross a network in clear."""
        return bool(settings.PBXDASH_INSECURE_HTTP) and not all(
            is_loopback_host(host) for host in settings.ALLOWED_HOSTS
        )

    @property
    def has_second_factor(self) -> bool:
        """Tell whether people may ask for a second factor."""
        return bool(settings.PBXDASH_SECOND_FACTOR)

    @property
    def has_single_sign_on(self) -> bool:
        """Tell whether people may log in through their organisation."""
        return bool(settings.PBXDASH_SINGLE_SIGN_ON)

    @property
    def single_sign_on_name(self) -> str:
        """What the organisation calls it; empty for no name."""
        return str(settings.PBXDASH_OIDC_NAME)

    @property
    def session_seconds(self) -> int:
        """Until when the session lasts if nobody does anything."""
        return seconds_left(self._request.session)

    @cached_property
    def _open_page(self) -> str | None:
        """The address in the browser's bar, when htmx asks for a part of the page."""
        htmx = getattr(self._request, "htmx", None)
        return cast("HtmxHttpRequest", self._request).htmx.current_url_abs_path if htmx else None

    @cached_property
    def here(self) -> ResolverMatch | None:
        """The page that the person is on, also when only the navigation was asked for."""
        if not self._open_page:
            return self._request.resolver_match
        try:
            return resolve(self._open_page.partition("?")[0])
        except Resolver404:
            return None

    @property
    def open_view(self) -> str:
        """The slug of the saved view by which a list was reached."""
        page = self._open_page
        query = QueryDict(page.partition("?")[2]) if page else self._request.GET
        return query.get("view", "")

    @property
    def sight(self) -> Sight:
        """What the person may see; nothing before a second factor that must be there."""
        return NOTHING if self.lacks_factor else sight_of(self._person)

    @property
    def lacks_factor(self) -> bool:
        """Tell whether the person has to add a second factor first."""
        return lacks_required_factor(self._person)

    @property
    def _person(self) -> User | AnonymousUser | None:
        return getattr(self._request, "user", None)

    @cached_property
    def saved_views(self) -> list[SavedView]:
        """The person's own and shared ones, as many as the sidebar has room for."""
        user, sight = cast("User", self._request.user), self.sight
        if sight.is_limited:
            return list(SavedView.objects.for_sidebar(user, sight))
        return list(ask(_views_in_sidebar, user.pk))

    @cached_property
    def listed_pbxs(self) -> list[PbxLine]:
        """The PBXs by name that the sidebar has room for, each with its number of trunks."""
        limited = Pbx.objects.in_sight(self.sight).for_lists()[:LISTED_PBXS]
        pbxs = list(limited if self.sight.is_limited else ask(_first_pbxs))
        trunks = Trunk.objects.in_sight(self.sight).present()
        counts = trunks.filter(pbx__in=pbxs).counts_by_pbx()
        return [PbxLine(pbx, counts.get(pbx.pk, 0)) for pbx in pbxs]

    @cached_property
    def pbx_count(self) -> int:
        """How many PBXs there are in sight."""
        return Pbx.objects.in_sight(self.sight).count()

    @property
    def unlisted_pbxs(self) -> int:
        """How many more there are than listed."""
        return self.pbx_count - len(self.listed_pbxs)

    @property
    def trunk_count(self) -> int:
        """Trunks that their PBXs still report."""
        return self._totals[0]

    @property
    def dod_count(self) -> int:
        """DOD bindings of those trunks, from the numbers kept on them: the bindings are too many to count."""
        return self._totals[1]

    @cached_property
    def open_fetches(self) -> list[Fetch]:
        """The newest fetches that wait or run by themselves."""
        if not self._is_fetching:
            return []
        fetches = Fetch.objects.in_sight(self.sight).open().alone().select_related("pbx")
        return list(fetches.defer("pbx__secret", "pbx__notes")[:SHOWN_FETCHES])

    @cached_property
    def live_runs(self) -> list[RunLine]:
        """The newest runs that go on, each as one line instead of its many fetches."""
        return live_runs(self.sight) if self._is_fetching else []

    @cached_property
    def _is_fetching(self) -> bool:
        """Tell whether any fetch waits or runs at all; most of the time none does."""
        return bool(list(ask(_some_open_fetch)))

    @cached_property
    def _totals(self) -> tuple[int, int]:
        return Trunk.objects.in_sight(self.sight).present().totals()


def _views_in_sidebar(user: int) -> QuerySet[SavedView]:
    return SavedView.objects.for_sidebar(User(pk=user), UNLIMITED)


def _first_pbxs() -> QuerySet[Pbx]:
    return Pbx.objects.for_lists()[:LISTED_PBXS]


def _some_open_fetch() -> QuerySet[Fetch]:
    return Fetch.objects.open().order_by().only("pk")[:1]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: put the shell into every template."""
    return {"shell": Shell(request)}
