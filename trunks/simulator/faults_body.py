"""Ways for an answer to be whole HTTP and still not what the API documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from .answers import Answer
from .exchange import Exchange
from .replies import HttpReply, Reply


@dataclass(frozen=True, slots=True)
class AnswerBody:
    """A given body in place of the honest one."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    extra_headers: tuple[tuple[str, str], ...] = ()

    def reply(self, exchange: Exchange) -> Reply:
        """Give the body with the documented headers."""
        return HttpReply(self.body, self.content_type, self.status, self.extra_headers)


@dataclass(frozen=True, slots=True)
class ChangedBody:
    """The honest answer with the bytes of its body changed."""

    change: Callable[[bytes], bytes]

    def reply(self, exchange: Exchange) -> Reply:
        """Change the body and nothing else."""
        honest = exchange.honest()
        return replace(honest, body=self.change(honest.body))


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """The honest answer with its JSON changed."""

    change: Callable[[Answer], object]

    def reply(self, exchange: Exchange) -> Reply:
        """Read the honest answer, change it and write it again."""
        honest = exchange.honest()
        changed = self.change(json.loads(honest.body))
        return replace(honest, body=json.dumps(changed, ensure_ascii=False).encode())


def in_encoding(codec: str) -> ChangedBody:
    """Write the honest answer in another encoding, such as `gbk`, or `utf-8-sig` with its mark."""
    return ChangedBody(lambda body: body.decode().encode(codec))


def cut_short(share: float = 0.5) -> ChangedBody:
    """Leave out the end of the honest answer; without a Content-Length nothing tells of the cut."""
    return ChangedBody(lambda body: body[: int(len(body) * share)])
