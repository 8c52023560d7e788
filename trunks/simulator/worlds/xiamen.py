"""A Chinese-language site: names in Chinese, +86592 numbers."""

from __future__ import annotations

import itertools

from .records import (
    Device,
    Extension,
    ExtensionGroup,
    SimulatedTrunk,
    TrunkKind,
    World,
    bind,
    made_up_password,
)

FAMILY_NAMES = "陈林黄张李王吴刘蔡杨许郑"
GIVEN_NAMES = ("晓明", "丽华", "志强", "雅婷", "建国", "美玲", "文斌", "思远", "佳怡", "海峰")
FIRST_EXTENSION = 8001
EXTENSIONS = tuple(
    Extension(str(number), family + given)
    for number, (given, family) in enumerate(
        itertools.product(GIVEN_NAMES, FAMILY_NAMES), start=FIRST_EXTENSION
    )
)

LEFT = frozenset({"8055"})
"""Extensions that were deleted while a binding still names them, as happens when people leave."""

GROUP_NAMES = ("销售部", "技术支持", "客服中心", "财务部", "海外业务", "值班-夜间")
GROUP_BINDING_NAMES = ("销售热线", "技术支持", "客服中心", "财务", "海外业务", "夜间值班")
GROUPS = tuple(
    ExtensionGroup(
        str(position),
        name,
        tuple(
            extension.number
            for extension in EXTENSIONS[position - 1 :: len(GROUP_NAMES)]
            if extension.number not in LEFT
        ),
    )
    for position, name in enumerate(GROUP_NAMES, start=1)
)

# id, name, kind, host or account name, extension bindings, group bindings
PLAN: tuple[tuple[str, str, TrunkKind, str, int, int], ...] = (
    ("1", "厦门电信", "register", "ims.xm-telecom.example", 60, 5),
    ("2", "厦门联通", "register", "sip.xm-unicom.example", 48, 4),
    ("3", "厦门移动-备用", "register", "sip.xm-mobile.example", 30, 3),
    ("5", "福州办事处", "peer", "10.59.1.10", 24, 2),
    ("6", "泉州工厂", "peer", "10.59.5.10", 24, 2),
    ("7", "上海总部", "peer", "10.21.0.10", 20, 3),
    ("9", "深圳 研发中心", "peer", "pbx.shenzhen.example", 18, 2),
    ("10", "客服热线 400", "register", "400.hotline.example", 0, 6),
    ("12", "国际长途", "register", "intl.carrier.example", 16, 1),
    ("13", "传真网关", "account", "6801", 8, 0),
    ("14", "门禁对讲", "account", "6802", 24, 0),
    ("18", "测试中继（勿删）", "peer", "192.168.6.36", 0, 0),
)

STATUSES = {"3": "failure", "12": "registering", "18": "disable"}


def _binding_name(extension: Extension, position: int) -> str:
    """Name a binding after its person, and now and then with punctuation that is no separator."""
    return f"{extension.username}－直线" if position % 12 == 0 else extension.username


def _extension_dods(first: int, count: int) -> str:
    numbers = itertools.count(first)
    return ",".join(
        bind(f"+86592{next(numbers)}", _binding_name(extension, position), extension.number)
        for position, extension in enumerate(EXTENSIONS[:count])
    )


def _group_dods(first: int, count: int) -> str:
    shown = zip(GROUP_BINDING_NAMES, GROUP_NAMES, strict=True)
    pieces = [
        bind(f"+86592{number}", name, group)
        for number, (name, group) in enumerate(itertools.islice(shown, count), start=first)
    ]
    return "".join(f"{piece}," for piece in pieces)


def _trunk(position: int) -> SimulatedTrunk:
    remote_id, name, kind, address, extension_count, group_count = PLAN[position]
    first = 5_503_000 + 100 * position
    extensions = _extension_dods(first, extension_count)
    groups = _group_dods(first + 80, group_count)
    account = address if kind == "account" else f"86592{first}"
    domain = "" if kind == "account" else address
    return SimulatedTrunk(
        id=remote_id,
        name=name,
        kind=kind,
        host=domain,
        domain=domain,
        username="" if kind == "peer" else account,
        authname="" if kind == "peer" else account,
        fromuser=f"+86592{first}" if kind == "register" and position % 2 == 0 else "",
        password="" if kind == "peer" else made_up_password("xiamen", remote_id),
        extensionsdod=extensions,
        extensionsgroupdod=groups,
        status=STATUSES.get(remote_id, "registered"),
    )


XIAMEN = World(
    name="xiamen",
    device=Device(
        name="厦门 S100",
        serial="369221000592",
        utc_offset=8,
        uptime_at_start=86_400 * 41 + 30_061,
        extensions_in_use=len(EXTENSIONS),
        extension_limit=200,
    ),
    trunks=tuple(_trunk(position) for position in range(len(PLAN))),
    extensions=tuple(one for one in EXTENSIONS if one.number not in LEFT),
    groups=GROUPS,
)
"""Twelve trunks and 300 bindings, one of which names an extension that was deleted."""
