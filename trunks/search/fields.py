"""The fields that a question can name: which each list has, what they are called, and what they can be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trunks.models import DodIssue, PbxState, TargetKind, TrunkKind

Choice = tuple[str, str | Promise]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a list. With `values` it is one of these; `is_open` ones may be another too."""

    name: str
    label: str | Promise
    example: str
    values: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All that it goes by in a line, its own name first."""
        return (self.name, *self.aliases)

    @property
    def is_fixed(self) -> bool:
        """Tell whether there is a list of its values, so that a part of one means nothing."""
        return bool(self.values)


PBX = Field("pbx", _("PBX"), "pbx:london", aliases=("服务器",))
SITE = Field("site", _("Site"), "site:berlin", aliases=("站点",))
HOST = Field("host", _("Host"), "host:10.0.", aliases=("主机", "domain"))
USER = Field("user", _("Account"), "user:acme", aliases=("账号", "account"))
NUMBER = Field("number", _("DOD number"), "number:*0018", aliases=("号码", "dod", "num"))
NAME = Field("name", _("Name"), 'name:"front desk"', aliases=("名称",))
EXTENSION = Field("ext", _("Extension"), "ext:=1000", aliases=("分机", "extension"))
GROUP = Field("group", _("Extension group"), "group:sales", aliases=("分机组",))
# What a binding is for that one of these fields asks for.
TARGET_KINDS = {EXTENSION.name: TargetKind.EXTENSION, GROUP.name: TargetKind.GROUP}
TRUNK = Field("trunk", _("Trunk"), "trunk:backup", aliases=("中继",))
KIND = Field(
    "kind",
    _("Type"),
    "kind:peer",
    values=tuple((kind.value, kind.label) for kind in TrunkKind),
    aliases=("类型", "type"),
    is_open=True,
)
ISSUE = Field(
    "issue",
    _("Issue"),
    "issue:ambiguous",
    values=tuple(choice for choice in DodIssue.choices if choice[0] != DodIssue.NONE),
    aliases=("问题",),
)
TARGET = Field(
    "target",
    _("Bound to"),
    "target:group",
    values=tuple(TargetKind.choices),
    aliases=("对象",),
)
IS = Field("is", _("State"), "is:stale", aliases=("状态",))
STATE = Field(
    "state", _("Worst state"), "state:failing", values=tuple(PbxState.choices), aliases=("状况",)
)

_STATES: dict[str, str | Promise] = {
    "stale": _("Not fetched lately"),
    "removed": _("Removed from its PBX"),
    "present": _("Still on its PBX"),
    "failing": _("PBX not answering"),
    "insecure": _("PBX reached over plain HTTP"),
    "ambiguous": _("Can be read in several ways"),
    "malformed": _("Cannot be read"),
    "odd-target": _("Odd target"),
    "no-target": _("Target does not exist"),
    "bound": _("Has DOD bindings"),
    "unregistered": _("Registration failed"),
    "disabled": _("Disabled"),
    "blocked": _("Log-in stopped"),
    "held": _("Answer held back"),
}


def _states(names: Iterable[str]) -> Field:
    return replace(IS, values=tuple((name, _STATES[name]) for name in names))


_ISSUES = ("ambiguous", "malformed", "odd-target", "no-target")
_OF_ROWS = ("stale", "removed", "present", "failing", "insecure")

DOD_FIELDS = (
    *(NUMBER, NAME, EXTENSION, GROUP, TRUNK, PBX, SITE, HOST, USER, KIND, TARGET, ISSUE),
    _states((*_OF_ROWS, *_ISSUES)),
)
TRUNK_FIELDS = (
    *(NAME, PBX, SITE, HOST, USER, KIND, NUMBER, EXTENSION, GROUP, ISSUE),
    _states((*_OF_ROWS, "bound", "unregistered", *_ISSUES)),
)
BINDING_FIELDS = (NUMBER, NAME, EXTENSION, GROUP, TARGET, ISSUE, _states(_ISSUES))
PBX_FIELDS = (
    *(replace(NAME, aliases=("pbx", *PBX.aliases, *NAME.aliases)), SITE, HOST, USER, STATE),
    _states(("stale", "failing", "insecure", "disabled", "blocked", "held")),
)
