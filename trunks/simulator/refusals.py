"""The error numbers that the simulator gives, from the page api_error_code."""

from __future__ import annotations

XML_NOT_SUPPORTED = "10002"
UNSUPPORTED_REQUEST = "10003"
PARAMETER_EMPTY = "10004"
NO_SUCH_TRUNK = "10062"
JSON_ONLY = "20000"
POST_ONLY = "20001"
LOCKED_OUT = "20002"
WRONG_CREDENTIALS = "20003"
NO_SUCH_TOKEN = "20004"  # noqa: S105 - an error number
TOKEN_EMPTY = "20005"  # noqa: S105 - an error number
REQUEST_EMPTY = "20009"


class RefusedError(Exception):
    """The PBX answers `Failed` with this errno."""

    def __init__(self, errno: str) -> None:
        super().__init__(errno)
        self.errno = errno
