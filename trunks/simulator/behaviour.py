"""What the documentation leaves open, gathered in one place so that a test can try each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How this PBX decides where its documentation is silent; every default is an assumption.

    expired_token_errno: the error list has both 20004 "no such token" and 20006 "token timed out"
        (api_error_code); which one an expired token gives is not stated. A token that was logged
        out or never existed is always 20004.
    unknown_id_in_list: whether one unknown id spoils a comma list with 10062 ("refuse") or is left
        out of the answer ("skip"). A list of nothing but unknown ids is 10062 either way.
    calls_extend_token: the v1.1.0 pages erase a token after 30 minutes without interaction, the v2
        pages say only that it expires after 30 minutes; False is the stricter reading.
    one_token_only: whether a new login ends the token of the login before it.
    not_offered: endpoints that this firmware lacks, such as `trunk/list`; they answer 10003.
    """

    expired_token_errno: Literal["20004", "20006"] = "20006"  # noqa: S105 - an errno
    unknown_id_in_list: Literal["skip", "refuse"] = "skip"
    calls_extend_token: bool = True
    one_token_only: bool = False
    not_offered: frozenset[str] = frozenset()
