"""What view tests read from an answer."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

HTMX = {"HX-Request": "true"}


def text_of(response: HttpResponse) -> str:
    """Return the text of a page as a person reads it, white space folded."""
    inline = re.sub(r"</?(a|mark|span|strong|time)\b[^>]*>", "", response.content.decode())
    bare = re.sub(r"<[^>]+>", " ", inline)
    return " ".join(html.unescape(bare).split())


def fragment_of(client: Client, url: str, **headers: str) -> Any:
    """Ask as htmx does."""
    return client.get(url, headers={**HTMX, **headers})


def names_in(response: Any) -> list[str]:
    """Return the rows' first values in their order."""
    rows = response.context["listing"].rows
    return [getattr(row, "number", "") or row.name for row in rows]
