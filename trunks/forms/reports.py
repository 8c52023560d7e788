"""What an audit report is of: a PBX, a site, a question or everything, now or at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cached_property
from typing import TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunks.forms.fields import ShortText
from trunks.forms.list_state import ListForm
from trunks.forms.lists import DodListForm, OverPbxs, TrunkListForm
from trunks.models import Pbx, Sight, Trunk
from trunks.models.pbx import PbxQuerySet
from trunks.search.fields import ISSUE
from trunks.search.language import LONGEST_QUESTION, Question, Term, read_question, write_term
from trunks.search.rows import PRESENT
from trunks.search.sample import Count
from trunks.search.sql import ALWAYS, Sql, every

REMOVED = Sql("trunks_trunk.removed_at IS NOT NULL")
AReported = TypeVar("AReported", bound="Reported")
_IN_DOUBT = f"issue:{','.join(value for value, _label in ISSUE.values)}"


class MomentField(forms.CharField):
    """Date and time in the zone of the site; a date alone is its end. A moment to come is refused."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"})

    def prepare_value(self, value: object) -> object:
        """Write a moment as browsers take it."""
        try:
            moment = _moment(str(value or "").strip())
        except (ValueError, OverflowError):
            moment = None
        return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else value

    def clean(self, value: object) -> datetime | None:
        """Read the moment."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            moment = _moment(text)
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise ValidationError(_("Write a date and a time like 2026-11-23 18:00."))
        if moment > timezone.now():
            raise ValidationError(_("This moment is still to come."))
        return moment


def _moment(text: str) -> datetime | None:
    """Read a moment; raise `ValueError` where the calendar has none such."""
    date = parse_date(text)
    moment = datetime.combine(date, time.max) if date else parse_datetime(text)
    if moment is None:
        return None
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    # Databases take no moment that has no name in UTC.
    return timezone.localtime(aware)


def _there_at(moment: datetime) -> Sql:
    """Return the condition that history knows of a trunk at a moment."""
    at = connection.ops.adapt_datetimefield_value(moment.astimezone(UTC))
    text = (
        "EXISTS (SELECT 1 FROM trunks_trunkversion AS version WHERE version.trunk_id = trunks_trunk.id "
        "AND version.valid_from <= %s AND (version.valid_to IS NULL OR version.valid_to > %s))"
    )
    return Sql(text, (at, at))


class Reported(OverPbxs):
    """A list within a report, of some PBXs; trunks that are gone are in or out whatever it asks."""

    # Whoever waits for all of them waits for few searches rather than many.
    places_at_once = 20_000

    within: PbxQuerySet
    extra: tuple[Term, ...]
    standing: Sql
    on_pbxs: Sql

    def about(self, report: ReportForm, *, standing: Sql, more: str = "") -> None:
        """Narrow the list to what the report is of; `more` is asked besides."""
        self.within, self.standing, self.on_pbxs = report.narrowed_pbxs, standing, report.on_pbxs
        # The index finds rows by these terms; the scope sees to it that they are of this PBX and no namesake.
        typed = [*report.place_terms, more] if more else report.place_terms
        self.extra = tuple(
            term for one in typed for term in read_question(one, self.search_fields).terms
        )

    @cached_property
    def question(self) -> Question:
        """What is searched for, within the report."""
        return replace(self.asked, terms=(*self.asked.terms, *self.extra))

    def scope(self) -> Sql:
        """The rows of these PBXs, of trunks that stand as asked."""
        standing = ALWAYS if self.standing is PRESENT and self.shows_removed else self.standing
        return every([standing, self.on_pbxs])

    @property
    def pbxs(self) -> PbxQuerySet:
        """The PBXs that rows may come from."""
        return super().pbxs & self.within

    def count(self) -> Count:
        """Count the rows; those of whole PBXs from numbers that are at hand."""
        asks_more = self.asked or self.standing is not PRESENT
        return ListForm.count(self) if asks_more else Count(self.total(), is_exact=True)


class ReportedTrunks(Reported, TrunkListForm):
    """Trunks of a report."""

    def total(self) -> int:
        """Count the trunks that these PBXs still report."""
        return Trunk.objects.in_sight(self.sight).present().filter(pbx__in=self.within).count()


class ReportedBindings(Reported, DodListForm):
    """DOD bindings of a report."""

    def total(self) -> int:
        """Count their bindings, from the numbers kept on trunks."""
        return (
            Trunk.objects.in_sight(self.sight)
            .present()
            .filter(pbx__in=self.within)
            .bindings_in_all()
        )

    def count(self) -> Count:
        """Count the bindings; those in doubt one by one."""
        return super().count() if len(self.extra) == self._places else ListForm.count(self)

    @cached_property
    def _places(self) -> int:
        return len([term for term in self.extra if term.field in {"pbx", "site"}])


class ReportForm(forms.Form):
    """What a report is of, and as of when; nothing at all is everything, now."""

    pbx = ShortText(
        gettext_lazy("PBX"),
        100,
        required=False,
        help_text=gettext_lazy("Its name, or its name in addresses. Empty: all PBXs."),
    )
    site = ShortText(
        gettext_lazy("Site"), 100, required=False, help_text=gettext_lazy("Empty: all sites.")
    )
    q = ShortText(
        gettext_lazy("Search"),
        LONGEST_QUESTION,
        required=False,
        help_text=gettext_lazy("As the lists are searched. Empty: all trunks and DOD bindings."),
    )
    as_of = MomentField(
        label=gettext_lazy("As of"),
        required=False,
        help_text=gettext_lazy("A moment of the past, as far as history has it. Empty: now."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, sight: Sight, initial: dict[str, str] | None = None
    ) -> None:
        """Ask for a report of what is in sight."""
        super().__init__(data, initial=initial, auto_id="report_%s")
        self.sight = sight

    def clean_pbx(self) -> Pbx | None:
        """Find the PBX by either of its names."""
        name = self.cleaned_data["pbx"]
        if not name:
            return None
        pbxs = Pbx.objects.in_sight(self.sight).for_lists()
        found = pbxs.filter(slug=name).first() or pbxs.filter(name=name).first()
        if found is None:
            raise ValidationError(_("No PBX is called this."))
        return found

    def clean_site(self) -> str:
        """See that there is such a site."""
        site = cast("str", self.cleaned_data["site"])
        if site and not Pbx.objects.in_sight(self.sight).filter(site=site).exists():
            raise ValidationError(_("No PBX is at a site that is called this."))
        return site

    @property
    def chosen_pbx(self) -> Pbx | None:
        """The PBX of a valid form; None for more than one."""
        return cast("Pbx | None", self.cleaned_data["pbx"])

    @property
    def chosen_site(self) -> str:
        """The site of a valid form; empty for all."""
        return cast("str", self.cleaned_data["site"])

    @property
    def moment(self) -> datetime | None:
        """The moment of a valid form; None for now."""
        return cast("datetime | None", self.cleaned_data["as_of"])

    @property
    def line(self) -> str:
        """What a valid form searches for."""
        return cast("str", self.cleaned_data["q"])

    @property
    def narrowed_pbxs(self) -> PbxQuerySet:
        """The PBXs of a valid form, whatever it searches for."""
        pbxs = Pbx.objects.in_sight(self.sight)
        if self.chosen_pbx:
            pbxs = pbxs.filter(pk=self.chosen_pbx.pk)
        return pbxs.filter(site=self.chosen_site) if self.chosen_site else pbxs

    @property
    def on_pbxs(self) -> Sql:
        """The same as a condition on trunks."""
        said = []
        if self.chosen_pbx:
            said.append(Sql("trunks_trunk.pbx_id = %s", (self.chosen_pbx.pk,)))
        if self.chosen_site:
            at_site = "trunks_trunk.pbx_id IN (SELECT id FROM trunks_pbx WHERE site = %s)"
            said.append(Sql(at_site, (self.chosen_site,)))
        return every(said)

    @property
    def place_terms(self) -> list[str]:
        """The same as lists are asked for it."""
        pbx = [write_term("pbx", self.chosen_pbx.name)] if self.chosen_pbx else []
        return [*pbx, write_term("site", self.chosen_site)] if self.chosen_site else pbx

    @property
    def trunks(self) -> ReportedTrunks:
        """The trunks of a valid form; of a moment that is past those that were there, also when they are gone since."""
        return self._list(ReportedTrunks, _there_at(self.moment) if self.moment else PRESENT)

    @property
    def removed(self) -> ReportedTrunks:
        """Its trunks that are there no longer."""
        return self._list(ReportedTrunks, REMOVED)

    @property
    def bindings(self) -> ReportedBindings:
        """Its DOD bindings."""
        return self._list(ReportedBindings, PRESENT)

    @property
    def doubtful(self) -> ReportedBindings:
        """Its DOD bindings that cannot be read for sure."""
        return self._list(ReportedBindings, PRESENT, more=_IN_DOUBT)

    def _list(self, kind: type[AReported], standing: Sql, *, more: str = "") -> AReported:
        query = QueryDict(mutable=True)
        query.update({"q": self.line, "sort": "pbx"})
        listed = kind(query, path=reverse(kind.list_name), sight=self.sight)
        listed.about(self, standing=standing, more=more)
        return listed

    def url(self, name: str) -> str:
        """Return an address of this report; nothing in it is empty."""
        query = QueryDict(mutable=True)
        for field in self.fields:
            value = self.cleaned_data[field]
            if isinstance(value, Pbx):
                query[field] = value.slug
            elif isinstance(value, datetime):
                query[field] = timezone.localtime(value).isoformat(timespec="seconds")
            elif value:
                query[field] = value
        text = query.urlencode(safe=",:=*")
        return f"{reverse(name)}?{text}" if text else reverse(name)
