"""How long a page far down in the list takes beside the first one."""

from __future__ import annotations


def page_depth(database: str, database_url: str, pbxs: int) -> None:
    """Turn to page 1 and to page 10,000 of the whole list, and compare the two.

    The list turns by `after=`, the place of the last row of the page before, so that page 10,000 has an address
    only once its predecessor is known. To do: take row 499,950 in the order of the list, make the cursor that the
    list's own "next" link has for it, ask that page and the first one several times each over HTTP
    (`pages.visitor`, `Browser.milliseconds`), and print `page_1_<database>`, `page_10000_<database>` and
    `page_depth_<database>`, their ratio. In a small world take the last page there is.
    """
    print("page_depth: the list has no cursors yet, so no figure")
