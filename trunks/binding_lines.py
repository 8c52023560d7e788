"""What the lists of DOD bindings show in each row: its cells by column, made at once, since a page has hundreds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from trunks.search.language import Question
from trunks.services.directory import ExtensionNames
from trunks.templatetags.gaps import absent, dash, issue_badge
from trunks.templatetags.marking import marker
from trunks.templatetags.trunk_tags import copy_button

# Stand in an address, and in a button, for what differs from row to row.
_PLACE, _PBX = "0-place-0", "0-pbx-0"

Cell = Callable[[BindingRow], str]


def binding_lines(
    rows: Iterable[BindingRow], question: Question, columns: Sequence[Column], names: ExtensionNames
) -> SafeString:
    """Make the rows of a table body."""
    cells = _Cells(question, names)
    makers: list[Cell] = [*(getattr(cells, column.key) for column in columns), cells.copy]
    # Every cell escapes what it shows.
    return SafeString(
        "".join(f"<tr>{''.join([make(row) for make in makers])}</tr>\n" for row in rows)
    )


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
    )


class _Cells:
    """Makes cells, by the key of their column; what rows have in common is made once."""

    def __init__(self, question: Question, names: ExtensionNames) -> None:
        self._marked = marker(question)
        self._names = names
        self._pieces = _pieces(get_language())
        self._trunks: dict[int, str] = {}
        self._pbxs: dict[int, str] = {}
        self._sites: dict[str, str] = {}
        self._ages = Ages()
        self._fetched: dict[datetime, str] = {}

    def number(self, row: BindingRow) -> str:
        """The number with its page, or the raw text where none could be read."""
        if row.issue == DodIssue.MALFORMED:
            return f'<td class="mono raw">{self._marked(row.raw)}</td>'
        return f'<td class="mono">{self._link(self._pieces.to_number, row.number)}</td>'

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
