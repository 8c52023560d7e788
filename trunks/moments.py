"""Moments in words: how long ago, and exactly when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# From here on a date says more than a number of days.
AGE_AS_DATE = 30 * DAY


def how_long_ago(moment: datetime) -> str:
    """Return the age in its largest unit: "2 min ago"; of old moments the date."""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < MINUTE:
        return gettext("just now")
    if seconds < HOUR:
        minutes = seconds // MINUTE
        return ngettext("%(n)d min ago", "%(n)d min ago", minutes) % {"n": minutes}
    if seconds < DAY:
        hours = seconds // HOUR
        return ngettext("%(n)d h ago", "%(n)d h ago", hours) % {"n": hours}
    if seconds < AGE_AS_DATE:
        days = seconds // DAY
        return ngettext("%(n)d d ago", "%(n)d d ago", days) % {"n": days}
    return _date(timezone.localtime(moment).date(), get_language())


def every(minutes: int) -> str | Promise:
    """Return an interval: "every 15 min", "every 4 h"."""
    if minutes % 60:
        return format_lazy(gettext_lazy("every {n} min"), n=minutes)
    return format_lazy(gettext_lazy("every {n} h"), n=minutes // 60)


def exactly(moment: datetime) -> str:
    """Return date and time: "23 Nov 2026, 18:02"."""
    local = timezone.localtime(moment)
    return _minute(local.replace(second=0, microsecond=0, tzinfo=None), get_language())


def since(moment: datetime) -> str:
    """Return the beginning of something that still lasts: "17:40", "yesterday 17:40", "21 Nov, 17:40"."""
    local = timezone.localtime(moment)
    today = timezone.localtime().date()
    if local.date() == today:
        return formats.date_format(local, "H:i")
    if local.date() == today - timedelta(days=1):
        return gettext("yesterday %(time)s") % {"time": formats.date_format(local, "H:i")}
    if local.year == today.year:
        return formats.date_format(local, pgettext("date and time, no year", "j M, H:i"))
    return exactly(moment)


def time_element(moment: datetime, words: str) -> SafeString:
    """Return words as a `<time>` that knows the moment, with date, time and zone for the pointer."""
    return _element(timezone.localtime(moment), str(conditional_escape(words)), get_language())


# Pages tell the same few moments hundreds of times, and Django takes a while over each.
@lru_cache(maxsize=4096)
def _element(local: datetime, words: str, language: str | None) -> SafeString:
    title = f"{exactly(local)} {local.tzname()}"
    begin = f'<time datetime="{local.isoformat(timespec="seconds")}" title="{escape(title)}">'
    return SafeString(f"{begin}{words}</time>")


@lru_cache(maxsize=1024)
def _minute(local: datetime, language: str | None) -> str:
    return formats.date_format(local, pgettext("date and time", "j M Y, H:i"))


@lru_cache(maxsize=1024)
def _date(local: date, language: str | None) -> str:
    return formats.date_format(local, pgettext("date", "j M Y"))
