"""The whole check, stage by stage; after each one all that came up is searched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from trunks.leakcheck import acting, factors, sharing, speaking, walking
from trunks.leakcheck.at_rest import search_files, search_rows
from trunks.leakcheck.listening import listening
from trunks.leakcheck.markers import Markers
from trunks.leakcheck.report import EnoughFound, Report
from trunks.leakcheck.scene import Scene, scene
from trunks.leakcheck.surroundings import surroundings

Stage = Callable[[Scene], None]

# Without these there is nothing to look for.
FIRST: tuple[Stage, ...] = (acting.add_pbxs, acting.fetch)
STAGES: tuple[Stage, ...] = (
    acting.fetch_badly,
    speaking.speak,
    acting.change_settings,
    acting.try_connections,
    acting.log_in,
    acting.reveal,
    acting.make_accounts,
    sharing.share,
    factors.second_factors,
    acting.run_commands,
    walking.walk,
)


def check_leaks(
    *,
    stages: Sequence[Stage] = STAGES,
    first_only: bool = False,
    template: Path | None = None,
) -> Report:
    """Look for secrets wherever they could get out; with `first_only`, until one is found.

    Raises:
        NoDatabase: there is nowhere to look.
    """
    report = Report(Markers(), first_only=first_only)
    with (
        suppress(EnoughFound),
        listening(report) as ears,
        surroundings(report.markers, template=template) as folder,
        scene(report, ears, folder) as set_up,
    ):
        for stage in (*FIRST, *stages):
            stage(set_up)
            ears.search()
            search_rows(report)
        search_files(report, folder)
    return report
