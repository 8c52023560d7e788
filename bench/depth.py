"""How long a page far down in the list takes beside the first one."""

from __future__ import annotations

import statistics
from urllib.parse import urlencode

from bench import pages, web
from bench.figures import figure

DEEP = 10_000
ROUNDS = 30


def page_depth(database: str, database_url: str, pbxs: int) -> None:
    """Turn to page 1 and to page 10,000 of the whole list by turns; in a small world to the last page there is."""
    with web.running_site(database_url) as (port, _process):
        browser = pages.visitor(port)
        addresses = ["/dods/", _deep_address()]
        times: dict[str, list[float]] = {address: [] for address in addresses}
        for _ in range(ROUNDS):
            for address in addresses:
                times[address].append(browser.milliseconds(address, is_fragment=True))
    first, deep = (statistics.median(times[address]) for address in addresses)
    figure(f"page_1_{database}", first, "ms")
    figure(f"page_{DEEP}_{database}", deep, "ms")
    figure(f"page_depth_{database}", deep / first, "x")


def _deep_address() -> str:
    """Return where the link to the next page leads on page 9,999: behind the last row that stands there."""
    from django.http import QueryDict

    from trunks.forms.list_state import ROWS_A_PAGE
    from trunks.forms.lists import DodListForm
    from trunks.models import UNLIMITED, DodBinding
    from trunks.search.paging import write_place

    form = DodListForm(QueryDict(), path="/dods/", sight=UNLIMITED)
    last = min((DEEP - 1) * ROWS_A_PAGE, DodBinding.objects.count() - ROWS_A_PAGE) - 1
    rows = form.order.sort(form.all_rows())
    (place,) = rows.values_list(*form.order.keys)[last : last + 1]
    return f"/dods/?{urlencode({'after': write_place(place)})}"
