"""The state of the audit log's page: what is searched, what narrows it, and where the page is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunks.models import Action, AuditEntry
from trunks.models.audit import AuditEntryQuerySet

ENTRIES_A_PAGE = 50
# How far back a word is looked for where no time narrows it: reading texts is slow.
SEARCHED = 200_000
_BATCH = 1000


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AuditForm(forms.Form):
    """The address of the log as a form; what it cannot mean narrows nothing, and is said beside its field."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    who = forms.CharField(label=_("Who"), required=False, max_length=150)
    action = forms.ChoiceField(
        label=_("Action"), required=False, choices=[("", _("All actions")), *Action.choices]
    )
    pbx = forms.CharField(label=_("PBX"), required=False, max_length=100)
    since = forms.DateField(label=_("From"), required=False, widget=_day())
    until = forms.DateField(label=_("To"), required=False, widget=_day())
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )
    after = forms.IntegerField(
        required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput
    )

    narrowing = ("q", "who", "action", "pbx", "since", "until")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def visible(self) -> Iterator[forms.BoundField]:
        """The fields that people fill in, in their order."""
        return (self[name] for name in self.narrowing)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether entries may be left out."""
        return any(self._chosen(name) for name in self.narrowing)

    @property
    def looks_not_further(self) -> bool:
        """Tell whether a word is looked for among the newest entries alone."""
        return bool(self._chosen("q")) and not (self._chosen("since") or self._chosen("until"))

    @property
    def summary(self) -> str:
        """The question as an address has it, for the entry about an export."""
        return urlencode({name: value for name in self.narrowing if (value := self._chosen(name))})

    def narrow(self, entries: AuditEntryQuerySet, *, newest: int) -> AuditEntryQuerySet:
        """Return the entries that are asked for, newest first; `newest` is the last of all."""
        if action := self._chosen("action"):
            entries = entries.filter(action=action)
        if who := self._chosen("who"):
            typed = Q(action=Action.LOG_IN_FAILED, subject=who)
            entries = entries.filter(Q(actor_name=who) | typed)
        if pbx := self._chosen("pbx"):
            entries = entries.filter(pbx_slug=pbx)
        if since := self._chosen("since"):
            entries = entries.filter(at__gte=_midnight(since))
        if until := self._chosen("until"):
            entries = entries.filter(at__lt=_midnight(until + timedelta(days=1)))
        for word in str(self._chosen("q") or "").split():
            entries = entries.containing(word)
        if self.looks_not_further:
            entries = entries.filter(sequence__gt=newest - SEARCHED)
        return entries.newest_first()

    def turn(self, entries: AuditEntryQuerySet) -> AuditPage:
        """Return the page that the address names, of entries that were narrowed."""
        before, after = self._chosen("before"), self._chosen("after")
        if after is not None:
            rows = list(entries.filter(sequence__gt=after).reverse()[: ENTRIES_A_PAGE + 1])
            has_newer, rows = len(rows) > ENTRIES_A_PAGE, rows[:ENTRIES_A_PAGE][::-1]
            has_older = True
        else:
            entries = entries.filter(sequence__lt=before) if before else entries
            rows = list(entries[: ENTRIES_A_PAGE + 1])
            has_older, rows = len(rows) > ENTRIES_A_PAGE, rows[:ENTRIES_A_PAGE]
            has_newer = bool(before)
        return AuditPage(
            rows,
            newer=self._address(after=rows[0].sequence) if rows and has_newer else "",
            older=self._address(before=rows[-1].sequence) if rows and has_older else "",
        )

    def batches(self, entries: AuditEntryQuerySet) -> Iterator[list[AuditEntry]]:
        """Return all entries that were narrowed, so many at a time."""
        last = None
        while True:
            rest = entries if last is None else entries.filter(sequence__lt=last)
            rows = list(rest[:_BATCH])
            if not rows:
                return
            yield rows
            last = rows[-1].sequence

    def _chosen(self, name: str) -> Any:  # noqa: ANN401  each field has its own
        return self.cleaned_data.get(name)

    def _address(self, **cursor: int) -> str:
        return f"?{self.summary}{'&' if self.summary else ''}{urlencode(cursor)}"


class AuditPage:
    """Some entries, and the addresses of those before and after; empty where there are none."""

    def __init__(self, rows: list[AuditEntry], *, newer: str, older: str) -> None:
        self.rows = rows
        self.newer = newer
        self.older = older


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
