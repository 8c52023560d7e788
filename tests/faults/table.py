"""Every fault that a PBX, its network or its certificate may have, and what is right about each.

The names are those of the issue. A fault of an answer is arranged twice where that may differ: from the
login on, and only when the trunks are asked for.
"""

from __future__ import annotations

from .answers import LISTS, NO_ANSWER, TEXT
from .cases import Case
from .connections import GETTING_THROUGH, NOT_WHOLE
from .logins import LOGGING_IN, TLS

CASES: list[Case] = [*GETTING_THROUGH, *NOT_WHOLE, *NO_ANSWER, *TEXT, *LISTS, *LOGGING_IN, *TLS]
