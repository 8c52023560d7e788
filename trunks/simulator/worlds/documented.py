"""The PBX of the vendor's own page "Query SIP trunk details" (siptrunk-query)."""

from __future__ import annotations

from .records import Device, Extension, ExtensionGroup, SimulatedTrunk, World

DOCUMENTED = World(
    name="documented",
    device=Device(
        name="Yeastar S300",
        serial="3631A2250071",
        firmware="",  # one vendor sample has it empty (deviceinfo-query)
        utc_offset=-8,
        uptime_at_start=15_807,
        extensions_in_use=22,
    ),
    trunks=(
        SimulatedTrunk(
            id="15",
            name="test",
            kind="peer",
            host="192.168.6.36",
            port="5060",
            domain="192.168.6.36",
            extensionsdod="",
            extensionsgroupdod="5503301-yeastar-sales,5503302-yealink-support,",
        ),
    ),
    extensions=(Extension("1000", "1000"), Extension("1001", "1001", status="Unavailable")),
    groups=(
        ExtensionGroup("1", "sales", ("1000",)),
        ExtensionGroup("2", "support", ("1001",)),
    ),
)
"""Trunk 15 exactly as documented; extensions and groups are only what its DODs refer to."""
