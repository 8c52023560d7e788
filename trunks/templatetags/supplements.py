"""What was read beside the trunks of a PBX, in words. Reads nothing from the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunks.failures import explain
from trunks.models import Pbx, Supplement
from trunks.templatetags.trunk_tags import ago

register = template.Library()

Kind = Supplement.Kind
_LISTS = {Kind.EXTENSIONS, Kind.GROUPS}
_TIMEOUTS = {"timeout", "connect-timeout"}
_DEVICE_LABELS = {
    "name": gettext_lazy("Name and model"),
    "firmware": gettext_lazy("Firmware"),
    "hardware": gettext_lazy("Hardware"),
    "serial_number": gettext_lazy("Serial number"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what stands beside it; no value stands for what the PBX did not report."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Panel:
    """All that the page of a PBX says beside its trunks; no device, no lines of one."""

    device: list[Line]
    read: list[Line]


@register.simple_tag
def supplement_panel(pbx: Pbx, supplements: Iterable[Supplement]) -> Panel:
    """Put what is known beside the trunks into words: `{% supplement_panel pbx supplements as panel %}`."""
    rows = {Kind(row.kind): row for row in supplements}
    device = rows.get(Kind.DEVICE)
    return Panel(
        device=_device(device.data) if device and device.data else [],
        read=[Line(str(kind.label), _words(pbx, kind, rows.get(kind))) for kind in Kind],
    )


def _device(data: dict[str, str]) -> list[Line]:
    return [Line(str(label), data.get(key, "")) for key, label in _DEVICE_LABELS.items()]


def _words(pbx: Pbx, kind: Supplement.Kind, row: Supplement | None) -> SafeString | str:
    if kind in _LISTS and not pbx.reads_extensions:
        return _("Not read: switched off for this PBX.")
    if row is None:
        return _("Not read: no binding needed it so far.") if kind in _LISTS else _("Not read yet.")
    if row.reason:
        return _failed(kind, row)
    if row.observed_at is None:
        return _("Not read since the settings were edited.")
    if kind in _LISTS:
        words = _("{count} read {ago}")
        return format_html(words, count=len(row.data or ()), ago=ago(row.observed_at))
    return format_html(_("Read {ago}"), ago=ago(row.observed_at))


def _failed(kind: Supplement.Kind, row: Supplement) -> SafeString:
    asked = {"ago": ago(row.attempted_at)}
    if row.is_not_offered:
        words = _(
            "The PBX did not know the question {ago}. It is asked again after a day, or once its "
            "settings are edited."
        )
        failed = format_html(words, **asked)
    else:
        happened = explain(row.reason, errno=row.errno).happened
        failed = format_html(_("Failed {ago}: {happened}"), happened=happened, **asked)
    if row.reason in _TIMEOUTS:
        failed = format_html("{} {}", failed, _("It is asked again after a quarter of an hour."))
    if row.observed_at is None or kind == Kind.REGISTRATION:
        return failed
    words = _("What was read {ago} still counts.")
    return format_html("{} {}", failed, format_html(words, ago=ago(row.observed_at)))
