"""Moments in words: how long ago, and exactly when."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from html import escape

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# From here on a date says more than a number of days.
AGE_AS_DATE = 30 * DAY


class Ages:
    """Tells how old things are, all at one moment: a page has dozens, and what they share is asked for once."""

    def __init__(self) -> None:
        self._now = timezone.now()
        self._zone = timezone.get_current_timezone()
        self._language = get_language()

    def words(self, moment: datetime) -> str:
        """Return an age in its largest unit: "2 min ago"; of old moments the date."""
        seconds = int((self._now - moment).total_seconds())
        if seconds < MINUTE:
            return gettext("just now")
        if seconds >= AGE_AS_DATE:
            return _date(moment.astimezone(self._zone).date(), self._language)
        unit = next(unit for unit in (DAY, HOUR, MINUTE) if seconds >= unit)
        return _age(seconds // unit, unit, self._language)

    def element(self, moment: datetime) -> SafeString:
        """Return an age as a `<time>` that knows the moment."""
        return _element(moment, self._zone, self.words(moment), self._language)


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
    return _element(moment, timezone.get_current_timezone(), words, get_language())


# Pages tell the same few moments hundreds of times, and Django takes a while over each.
@lru_cache(maxsize=4096)
def _element(moment: datetime, zone: tzinfo, words: str, language: str | None) -> SafeString:
    local = moment.astimezone(zone)
    title = f"{exactly(local)} {local.tzname()}"
    begin = f'<time datetime="{local.isoformat(timespec="seconds")}" title="{escape(title)}">'
    return SafeString(f"{begin}{escape(words)}</time>")


@lru_cache(maxsize=256)
def _age(number: int, unit: int, language: str | None) -> str:
    if unit == MINUTE:
        words = ngettext("%(n)d min ago", "%(n)d min ago", number)
    elif unit == HOUR:
        words = ngettext("%(n)d h ago", "%(n)d h ago", number)
    else:
        words = ngettext("%(n)d d ago", "%(n)d d ago", number)
    return words % {"n": number}


@lru_cache(maxsize=1024)
def _minute(local: datetime, language: str | None) -> str:
    return formats.date_format(local, pgettext("date and time", "j M Y, H:i"))


@lru_cache(maxsize=1024)
def _date(local: date, language: str | None) -> str:
    return formats.date_format(local, pgettext("date", "j M Y"))
