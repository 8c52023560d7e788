"""What the lists of DOD bindings show in each row, made once a row, since a page has hundreds of cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trunks.models import DodBinding, DodIssue, TargetKind, Trunk
from trunks.models.dod import SHORT_TARGETS
from trunks.search.language import Question
from trunks.templatetags.gaps import absent, dash, issue_badge
from trunks.templatetags.marking import marked
from trunks.templatetags.trunk_tags import ago, copy_button

# Stands in an address, and in a button, for what differs from row to row.
_PLACE = "0-place-0"


@dataclass(frozen=True, slots=True)
class BindingLine:
    """The cells of a row, as they are shown."""

    is_malformed: bool
    number: SafeString
    name: SafeString
    bound: str
    target: SafeString
    trunk: SafeString
    pbx: SafeString
    site: str
    fetched: str
    issue: SafeString
    copy: SafeString


def binding_lines(
    bindings: Iterable[DodBinding], question: Question, *, trunk: Trunk | None = None
) -> list[BindingLine]:
    """Make the rows of a list; those of one trunk alone are given it, and do not show it."""
    lines = _Lines(question, trunk)
    return [lines.line(binding) for binding in bindings]


class _Lines:
    """What rows have in common is made once."""

    def __init__(self, question: Question, trunk: Trunk | None) -> None:
        self._question = question
        self._alone = trunk
        self._number = reverse("number", args=[_PLACE])
        self._extension = reverse("extension", args=[_PLACE])
        self._copy = copy_button(_PLACE)
        self._labels = {kind.value: str(SHORT_TARGETS[kind]) for kind in TargetKind}
        self._unreadable, self._no_name = dash(_("not readable")), absent(_("no name"))
        self._trunks: dict[int, tuple[SafeString, SafeString]] = {}
        self._ages: dict[datetime, str] = {}

    def line(self, binding: DodBinding) -> BindingLine:
        """Make one row."""
        trunk = self._alone or binding.trunk
        is_malformed = binding.issue == DodIssue.MALFORMED
        shown, pbx = ("", "") if self._alone else self._trunk(trunk)
        return BindingLine(
            is_malformed=is_malformed,
            number=self._marked(binding.raw) if is_malformed else self._linked_number(binding),
            name=self._unreadable if is_malformed else self._marked(binding.name) or self._no_name,
            bound=self._labels[binding.target_kind],
            target=self._unreadable if is_malformed else self._target(binding, trunk),
            trunk=SafeString(shown),
            pbx=SafeString(pbx),
            site=trunk.pbx.site or "–",
            fetched=self._age(trunk.observed_at),
            issue=issue_badge(binding.issue),
            copy=self._button(binding.number or binding.raw),
        )

    def _marked(self, text: str) -> SafeString:
        return marked(text, self._question)

    def _linked_number(self, binding: DodBinding) -> SafeString:
        return self._link(self._number, binding.number)

    def _target(self, binding: DodBinding, trunk: Trunk) -> SafeString:
        if binding.target_kind != TargetKind.EXTENSION:
            return self._marked(binding.target)
        linked = self._link(self._extension, binding.target, f"?pbx={trunk.pbx.slug}")
        if not binding.extension_name:
            return linked
        return SafeString(f'{linked} <span class="sub">{escape(binding.extension_name)}</span>')

    def _link(self, address: str, text: str, query: str = "") -> SafeString:
        if not text:
            return SafeString("")
        url = address.replace(_PLACE, quote(text, safe=""))
        return SafeString(f'<a href="{escape(url)}{query}">{self._marked(text)}</a>')

    def _trunk(self, trunk: Trunk) -> tuple[SafeString, SafeString]:
        if trunk.pk not in self._trunks:
            name = self._marked(trunk.name) or escape(f"#{trunk.remote_id}")
            link = f'<a href="{escape(trunk.get_absolute_url())}">{name}</a>'
            self._trunks[trunk.pk] = SafeString(link), self._marked(trunk.pbx.name)
        return self._trunks[trunk.pk]

    def _age(self, moment: datetime) -> str:
        if moment not in self._ages:
            self._ages[moment] = ago(moment)
        return self._ages[moment]

    def _button(self, text: str) -> SafeString:
        return SafeString(self._copy.replace(_PLACE, escape(text)))
