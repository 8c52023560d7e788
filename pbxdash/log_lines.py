"""Lines of our logs, without what opens a shared link: whoever reads a log must not be let in by it."""

from __future__ import annotations

import logging
import re

# Also the beginning of one, where something cut it off.
_TOKEN = re.compile(r"pbxs_[\w-]+")


class LineFormatter(logging.Formatter):
    """A line, with its traceback if any; the tokens of shared links become stars, wherever they stand."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record."""
        return without_tokens(super().format(record))


def without_tokens(text: str) -> str:
    """Return a text with stars in the place of the tokens of shared links."""
    return _TOKEN.sub("pbxs_***", text)
