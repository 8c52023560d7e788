"""What the lists of DOD bindings show in each row: its cells by column, made at once, since a page has hundreds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from html import escape
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trunks.models import DodIssue, TargetKind
from trunks.models.binding_row import BindingRow
from trunks.models.dod import SHORT_TARGETS
from trunks.moments import Ages
from trunks.search.columns import Column
from trunks.search.fields import DOD_FIELDS
from trunks.search.language import Question
from trunks.search.sections import values_in
from trunks.services.directory import ExtensionNames
from trunks.templatetags.gaps import absent, dash, issue_badge
from trunks.templatetags.marking import MARK, marker
from trunks.templatetags.trunk_tags import copy_button

# Stand in an address, and in a button, for what differs from row to row.
_PLACE, _PBX = "0-place-0", "0-pbx-0"

# What bindings are found by that is their trunk's.
_OF_TRUNK = ("trunk", "host", "user", "pbx", "site")

Cell = Callable[[BindingRow], str]


def binding_lines(
    rows: Iterable[BindingRow], question: Question, columns: Sequence[Column], names: ExtensionNames
) -> SafeString:
    """Make the rows of a table body."""
    cells = _Cells(question, names)
    makers: list[Cell] = [*(getattr(cells, column.key) for column in columns), cells.copy]
    # Every cell escapes what it shows.
    return SafeString("".join(f"<tr>{cells.of(row, makers)}</tr>\n" for row in rows))


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Pieces of HTML that are the same on every page of a language."""

    # Addresses with a place to put a number or an extension, and in pieces that of a trunk.
    to_number: str
    to_extension: str
    to_pbx: str
    to_trunk: str
    end: str
    copy: str
    kinds: Mapping[str, str]
    issues: Mapping[str, str]
    unreadable: str
    no_name: str
    # How what was found of a field begins.
    finds: Mapping[str, str]


@lru_cache(maxsize=len(settings.LANGUAGES))
def _pieces(language: str | None) -> _Pieces:
    # In pieces: a PBX may be called like what stands for another thing.
    to_pbx, rest = reverse("trunk", args=[_PBX, _PLACE]).split(_PBX)
    to_trunk, end = rest.split(_PLACE)
    return _Pieces(
        to_number=reverse("number", args=[_PLACE]),
        to_extension=reverse("extension", args=[_PLACE]),
        to_pbx=to_pbx,
        to_trunk=to_trunk,
        end=end,
        copy=copy_button(_PLACE),
        kinds={kind.value: escape(str(SHORT_TARGETS[kind])) for kind in TargetKind},
        issues={issue.value: f"<td>{issue_badge(issue)}</td>" for issue in DodIssue},
        unreadable=f"<td>{dash(_('not readable'))}</td>",
        no_name=absent(_("no name")),
        finds={
            "number": "=",
            "raw": "",
            **{one.name: escape(str(one.label)) for one in DOD_FIELDS if one.name in _OF_TRUNK},
        },
    )


class _Cells:
    """Makes cells, by the key of their column; what rows have in common is made once."""

    def __init__(self, question: Question, names: ExtensionNames) -> None:
        self._marked = marker(question)
        # Which PBX a row is of is shown, under whatever name it was chosen.
        others = tuple(term for term in question.terms if term.field not in {"pbx", "site"})
        self._finds = marker(replace(question, terms=others))
        self._names = names
        self._pieces = _pieces(get_language())
        self._trunks: dict[int, str] = {}
        self._pbxs: dict[int, str] = {}
        self._sites: dict[str, str] = {}
        self._ages = Ages()
        self._fetched: dict[datetime, str] = {}
        self._found_of: dict[int, str] = {}

    def of(self, row: BindingRow, makers: Iterable[Cell]) -> str:
        """All cells of a row; where none shows what a question found, the first one says where that is."""
        cells = [make(row) for make in makers]
        if self._finds.in_line and not any(MARK in cell for cell in cells):
            cells[0] = f"{cells[0].removesuffix('</td>')}{self._find(row)}</td>"
        return "".join(cells)

    def _find(self, row: BindingRow) -> str:
        """What was found of a row in a field that the table does not show; most are of its trunk."""
        raw = self._found("raw", row)
        if not raw and row.trunk_id not in self._found_of:
            found = (self._found(field, row) for field in _OF_TRUNK)
            self._found_of[row.trunk_id] = next(filter(None, found), "")
        return raw or self._found_of[row.trunk_id]

    def _found(self, field: str, row: BindingRow) -> str:
        found = next(filter(self._finds.finds, values_in(row.search_text, field)), "")
        if not found:
            return ""
        return f'<span class="found">{self._pieces.finds[field]} {self._finds(found)}</span>'

    def number(self, row: BindingRow) -> str:
        """The number with its page, or the raw text where none could be read."""
        if row.issue == DodIssue.MALFORMED:
            return f'<td class="mono raw">{self._marked(row.raw)}</td>'
        number = self._link(self._pieces.to_number, row.number)
        if self._finds.has_digits and MARK not in number:
            # As it is written with a country code, or without.
            number += self._found("number", row)
        return f'<td class="mono">{number}</td>'

    def name(self, row: BindingRow) -> str:
        """The name."""
        if row.issue == DodIssue.MALFORMED:
            return self._pieces.unreadable
        return f'<td class="name">{self._marked(row.name) or self._pieces.no_name}</td>'

    def bound(self, row: BindingRow) -> str:
        """Whether to an extension or a group."""
        return f'<td><span class="badge">{self._pieces.kinds[row.target_kind]}</span></td>'

    def target(self, row: BindingRow) -> str:
        """The group, or the extension with its page and its name."""
        if row.issue == DodIssue.MALFORMED:
            return self._pieces.unreadable
        if row.target_kind != TargetKind.EXTENSION:
            return f'<td class="mono">{self._marked(row.target)}</td>'
        linked = self._link(self._pieces.to_extension, row.target, f"?pbx={row.trunk__pbx__slug}")
        name = self._names.get((row.trunk__pbx_id, row.target), "")
        if not name or name == row.target:
            return f'<td class="mono">{linked}</td>'
        return f'<td class="mono">{linked} <span class="sub">{escape(name)}</span></td>'

    def trunk(self, row: BindingRow) -> str:
        """The trunk with its page."""
        if row.trunk_id not in self._trunks:
            name = self._marked(row.trunk__name) or escape(f"#{row.trunk__remote_id}")
            pieces, pbx = self._pieces, quote(row.trunk__pbx__slug)
            url = (
                f"{pieces.to_pbx}{pbx}{pieces.to_trunk}{_quoted(row.trunk__remote_id)}{pieces.end}"
            )
            self._trunks[row.trunk_id] = f'<td class="name"><a href="{escape(url)}">{name}</a></td>'
        return self._trunks[row.trunk_id]

    def pbx(self, row: BindingRow) -> str:
        """The PBX."""
        if row.trunk__pbx_id not in self._pbxs:
            name = self._marked(row.trunk__pbx__name)
            self._pbxs[row.trunk__pbx_id] = f'<td class="name">{name}</td>'
        return self._pbxs[row.trunk__pbx_id]

    def site(self, row: BindingRow) -> str:
        """Where the PBX is."""
        site = row.trunk__pbx__site
        if site not in self._sites:
            self._sites[site] = f'<td class="name">{self._marked(site) or "–"}</td>'
        return self._sites[site]

    def fetched(self, row: BindingRow) -> str:
        """How old this is."""
        moment = row.trunk__observed_at
        if moment not in self._fetched:
            self._fetched[moment] = f'<td class="muted nowrap">{self._ages.element(moment)}</td>'
        return self._fetched[moment]

    def issue(self, row: BindingRow) -> str:
        """What is uncertain about it."""
        return self._pieces.issues[row.issue]

    def copy(self, row: BindingRow) -> str:
        """A button that copies the number, or what there is of it."""
        return f'<td class="num">{self._pieces.copy.replace(_PLACE, escape(row.number or row.raw))}</td>'

    def _link(self, address: str, text: str, query: str = "") -> str:
        if not text:
            return ""
        url = address.replace(_PLACE, _quoted(text))
        return f'<a href="{escape(url + query)}">{self._marked(text)}</a>'


def _quoted(text: str) -> str:
    # Nearly all are made of digits, which stay as they are.
    return text if text.isascii() and text.isalnum() else quote(text, safe="")
