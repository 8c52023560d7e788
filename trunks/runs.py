"""What the pages of runs show: how far each has come, and a lane for every PBX of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Max, QuerySet, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trunks.models import Fetch, FetchRun, RunProgress, Sight
from trunks.models.fetch import PATIENCE_SECONDS
from trunks.sight import shows_site

LANES_A_PAGE = 100
SHOWN_RUNS = 3
# Filters of the lanes, in the order of the lanes: what needs a person first, then what moves.
LANE_STATES: dict[str, tuple[str, ...]] = {
    "failed": tuple(Fetch.FAILURES),
    "held": (Fetch.State.HELD,),
    "running": (Fetch.State.RUNNING,),
    "waiting": (Fetch.State.QUEUED,),
    "read": (Fetch.State.SUCCEEDED,),
    "cancelled": (Fetch.State.CANCELLED,),
}
LANE_LABELS = {
    "failed": _("Failed"),
    "held": _("Held back"),
    "running": _("Running"),
    "waiting": _("Waiting"),
    "read": _("Read"),
    "cancelled": _("Cancelled"),
}
OFFERED_WHILE_LIVE = ("failed", "running", "waiting", "read")
# What a person who listens is told: each of these hundredths once, and the end.
MILESTONES = (75, 50, 25)
OVER = 100


@dataclass(frozen=True, slots=True)
class LaneCount:
    """How many lanes are in a state."""

    state: str
    label: str | Promise
    number: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run and how far it has come, as far as it is in sight."""

    run: FetchRun
    progress: RunProgress
    # Its PBXs may be at another site since, and the name of the one it was started for be out of sight.
    names_site: bool = True

    @property
    def percent(self) -> int:
        """Hundredths that are over; rounded down, so that 100 means all."""
        return 100 * self.progress.over // self.progress.total if self.progress.total else OVER

    @property
    def milestone(self) -> int:
        """The last hundredth passed that is worth saying aloud; 0 before the first."""
        if self.progress.is_over:
            return OVER
        return next((step for step in MILESTONES if self.percent >= step), 0)

    @property
    def counts(self) -> list[LaneCount]:
        """The number of lanes in every state that one is in, in the order of the lanes."""
        return [count for count in map(self.count, LANE_STATES) if count.number]

    def count(self, state: str) -> LaneCount:
        """Return the number of lanes in one state."""
        number = sum(self.progress.counts.get(each, 0) for each in LANE_STATES[state])
        return LaneCount(state, LANE_LABELS[state], number)


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run as its page shows it: the numbers, and those lanes that the address asks for."""

    line: RunLine
    state: str
    lanes: Page[Fetch]
    ended_at: datetime | None
    lacks_worker: bool

    @property
    def seconds(self) -> float:
        """How long the run has taken so far, or took."""
        run = self.line.run
        until = (self.line.progress.is_over and self.ended_at) or timezone.now()
        return max(0.0, (until - run.requested_at).total_seconds())

    @property
    def choices(self) -> list[LaneCount]:
        """The filters on offer: while the run goes on, those that come and go stand last."""
        always = () if self.line.progress.is_over else OFFERED_WHILE_LIVE
        others = (self.line.count(state) for state in LANE_STATES if state not in always)
        return [
            *map(self.line.count, always),
            *(count for count in others if count.number or count.state == self.state),
        ]

    def url(self, page: int = 1) -> str:
        """Return the address of one page of these lanes."""
        asked = [f"state={self.state}"] if self.state else []
        asked += [f"page={page}"] if page > 1 else []
        return self.line.run.get_absolute_url() + ("?" + "&".join(asked) if asked else "")


def run_lines(runs: Iterable[FetchRun], sight: Sight) -> list[RunLine]:
    """Count the fetches in sight of several runs by state, in one query; none without runs."""
    runs = list(runs)
    if not runs:
        return []
    through = FetchRun.fetches.through._default_manager  # noqa: SLF001 - the public name for it
    of_runs = through.filter(fetchrun__in=runs)
    if sight.pbxs is not None:
        of_runs = of_runs.filter(fetch__pbx__in=sight.pbxs)
    rows = of_runs.order_by().values_list("fetchrun_id", "fetch__state").annotate(Count("id"))
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for run_id, state, number in rows:
        counts[run_id][state] = number
    return [_line(run, RunProgress(counts[run.pk]), sight) for run in runs]


def live_runs(sight: Sight) -> list[RunLine]:
    """Return the newest runs in sight that are not over: one query when there is none, else two."""
    waited_for = Fetch.objects.in_sight(sight).open()
    live = FetchRun.objects.in_sight(sight).filter(pk__in=waited_for.values("runs"))
    return run_lines(live[:SHOWN_RUNS], sight)


def read_run(run: FetchRun, sight: Sight, *, state: str = "", page: str = "1") -> RunPage:
    """Read what is in sight of a run in four queries or five, however many PBXs it has; an unknown state means all."""
    state = state if state in LANE_STATES else ""
    line = _line(run, run.progress(sight), sight)
    fetches = run.fetches.in_sight(sight)
    ended_at = cast("datetime | None", fetches.aggregate(last=Max("finished_at")).get("last"))
    lanes = _lanes(fetches)
    if state:
        lanes = lanes.filter(state__in=LANE_STATES[state])
    return RunPage(
        line=line,
        state=state,
        lanes=Paginator(lanes, LANES_A_PAGE).get_page(page),
        ended_at=ended_at,
        lacks_worker=_lacks_worker(line, ended_at),
    )


def _line(run: FetchRun, progress: RunProgress, sight: Sight) -> RunLine:
    return RunLine(run, progress, names_site=shows_site(sight, run.site))


def _lanes(fetches: QuerySet[Fetch]) -> QuerySet[Fetch]:
    ranks = [When(state__in=states, then=rank) for rank, states in enumerate(LANE_STATES.values())]
    return (
        fetches.select_related("pbx", "held_answer")
        .defer("pbx__secret", "pbx__notes", "held_answer__trunks")
        .annotate(rank=Case(*ranks, output_field=IntegerField()))
        .order_by("rank", "pbx__search_name", "id")
    )


def _lacks_worker(line: RunLine, ended_at: datetime | None) -> bool:
    """Tell whether nothing has moved anywhere for so long that no worker may be running."""
    moved_at = max(ended_at or line.run.requested_at, line.run.requested_at)
    waits_long = timezone.now() - moved_at >= timedelta(seconds=PATIENCE_SECONDS)
    if not waits_long or not line.progress.waiting or line.progress.running:
        return False
    return not Fetch.objects.filter(state=Fetch.State.RUNNING).exists()
