"""A small office in London, with every oddity that an administrator can type in."""

from __future__ import annotations

from .records import (
    Device,
    Extension,
    ExtensionGroup,
    OtherTrunk,
    SimulatedTrunk,
    World,
    bind,
    made_up_password,
)

SHARED_PASSWORD = made_up_password("office", "brightline")
"""Two trunks of one carrier use the same password, as happens."""

EXTENSIONS = (
    Extension("1000", "Reception"),
    Extension("1001", "Amelia Hart"),
    Extension("1002", "Daniel Okafor"),
    Extension("1003", "Priya Shah", status="Unavailable"),
    Extension("1004", "Tomasz Zielinski"),
    Extension("1005", "Grace Lin"),
    Extension("1006", "Owen Price", status="Busy", agentid="1006"),
    Extension("1007", "Zoë Laurent", agentid="1007"),
    Extension("1008", "Samir Haddad"),
    Extension("1009", "Ruth Campbell", status="Unavailable"),
    Extension("1010", "Meeting Room"),
    Extension("2001", "Fax", type="FXS", status="Idle", port="Span1-Port1"),
    Extension("2002", "Door Phone", type="FXS", status="Idle", port="Span1-Port2"),
)

GROUPS = (
    ExtensionGroup("1", "sales", ("1001", "1002", "1006")),
    ExtensionGroup("2", "support", ("1003", "1004", "1007")),
    ExtensionGroup("3", "after-hours", ("1000", "1008")),
    ExtensionGroup("4", "finance", ("1005", "1009")),
)

LONDON_LINES = (
    bind("+442079460100", "Reception", "1000"),
    bind("+442079460101", "Amelia_Hart", "1001"),
    bind("+442079460102", "Daniel_Okafor", "1002"),
    bind("+442079460103", "Priya_Shah", "1003"),
    bind("+442079460104", "Tomasz_Zielinski", "1004"),
    bind("+442079460105", "Grace_Lin", "1005"),
    bind("+442079460106", "Owen_Price", "1006"),
    bind("+442079460107", "Zoë_Laurent", "1007"),
    bind("+442079460108", "", "1008"),
    bind("+442079460109", "Ruth-Campbell", "1009"),
    bind("+442079460100", "Reception", "1010"),
)

LONDON_GROUPS = (
    bind("+442079460110", "Sales", "sales"),
    bind("+442079460111", "Support", "support"),
    bind("+442079460112", "Night-Line", "after-hours"),
    "",
)

BACKUP_LINES = (
    bind("01632960100", "Reception", "1000"),
    bind("01632960101", "Amelia_Hart", "1001"),
    bind("01632960102", "Daniel_Okafor", "1002"),
    "01632960177-Reception",  # a piece without a target
    bind("01632960103", "Priya_Shah", "1003"),
)

BACKUP_GROUPS = (bind("01632960110", "Sales", "sales"), bind("01632960111", "Support", "support"))

FREEPHONE_GROUPS = (
    bind("08081570100", "Orders", "sales"),
    bind("08081570101", "Helpdesk", "support"),
    bind("08081570102", "Accounts", "finance"),
    "",
)

PARTNER_LINES = (
    bind("5503301", "Partner.Desk", "1002"),
    bind("5503302", "Partner.Desk", "1006"),
    bind("5503303", "Logistics", "1008"),
)

HEAD_OFFICE_LINES = tuple(bind(f"55010{n:02d}", "Head_Office", f"10{n:02d}") for n in range(6))

MOBILE_LINES = (
    bind("+441632960801", "Out_and_About", "1002"),
    bind("+441632960801", "Out_and_About", "1006"),
    bind("+441632960802", "On_Call", "1004"),
)

TRUNKS = (
    SimulatedTrunk(
        id="1",
        name="Brightline London",
        kind="register",
        host="sip.brightline.example",
        domain="sip.brightline.example",
        username="442079460100",
        authname="442079460100",
        fromuser="",
        password=SHARED_PASSWORD,
        extensionsdod=",".join(LONDON_LINES),
        extensionsgroupdod=",".join(LONDON_GROUPS),
    ),
    SimulatedTrunk(
        id="2",
        name="Brightline-Backup",
        kind="register",
        host="sip2.brightline.example",
        port="5062",
        domain="sip.brightline.example",
        username="441632960100",
        authname="brightline-441632960100",
        fromuser="+441632960100",
        password=SHARED_PASSWORD,
        extensionsdod=",".join(BACKUP_LINES),
        extensionsgroupdod=",".join(BACKUP_GROUPS),
        status="failure",
    ),
    SimulatedTrunk(
        id="4",
        name="Freephone 0808",
        kind="register",
        host="voice.freephone.example",
        port="5061",
        domain="voice.freephone.example",
        username="fp0808157",
        authname="fp0808157",
        fromuser="08081570100",
        password=made_up_password("office", "freephone"),
        extensionsgroupdod=",".join(FREEPHONE_GROUPS),
    ),
    SimulatedTrunk(
        id="7",
        name="Head_Office Leeds",
        kind="peer",
        host="192.0.2.36",
        domain="192.0.2.36",
        extensionsdod=",".join(HEAD_OFFICE_LINES),
    ),
    SimulatedTrunk(
        id="8",
        name="Warehouse",
        kind="peer",
        host="10.20.0.5",
        domain="10.20.0.5",
        status="unknown",
    ),
    SimulatedTrunk(
        id="12",
        name="Café Zoë ~ partner*line + fax?",
        kind="peer",
        host="pbx.cafe-zoe.example",
        port="5080",
        domain="cafe-zoe.example",
        extensionsdod=",".join(PARTNER_LINES),
        extensionsgroupdod=bind("5503310", "Partner", "sales"),
    ),
    SimulatedTrunk(
        id="15",
        name="Door Phone Gateway",
        kind="account",
        username="6100",
        authname="6100",
        password=made_up_password("office", "door phone"),
        extensionsdod=bind("5503390", "Front_Door", "2002") + ",",
    ),
    SimulatedTrunk(
        id="16",
        name="GSM-Gateway 2nd floor",
        kind="account",
        username="6200",
        authname="gsm-6200",
        password=made_up_password("office", "gsm gateway"),
        extensionsdod=",".join(MOBILE_LINES),
        extensionsgroupdod=bind("+441632960810", "Overflow", "support") + ",",
    ),
)

OFFICE = World(
    name="office",
    device=Device(
        name="Yeastar S50",
        serial="369210000148",
        uptime_at_start=86_400 * 3 + 4_711,
        extensions_in_use=len(EXTENSIONS),
        extension_limit=50,
    ),
    trunks=TRUNKS,
    other_trunks=(OtherTrunk("3", "Alarm line", "FXO", "idle", port="Span2-Port1"),),
    extensions=EXTENSIONS,
    groups=GROUPS,
)
"""Eight SIP trunks of all kinds, and one analogue line that only `trunk/list` shows."""
