"""SIP trunks and DOD bindings of several PBXs: the whole product, beside its project package."""
