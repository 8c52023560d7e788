"""People who all type at once. Run as a program, in a process of its own: `typing` starts it.

It reads what to do as JSON from its input, and writes the times in milliseconds and the errors as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

# The page waits for so long after a key, and a key within that time would put the request off: these
# people type as fast as one can with every key still asking.
KEY_SECONDS = 0.25
_LAST_CHUNK = b"0\r\n\r\n"
_LARGEST = 1 << 24


@dataclass(slots=True)
class Result:
    """What became of all requests."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Typist:
    """One person: types a word letter by letter, empties the box and types the next."""

    def __init__(self, port: int, cookie: str, words: list[str], seed: int) -> None:
        self._port = port
        self._cookie = cookie
        self._chance = random.Random(seed)  # noqa: S311
        self._shown = "/dods/"
        self._words = words
        self.result = Result()

    async def type_for(self, seconds: float) -> None:
        """Type until the time is over."""
        loop = asyncio.get_running_loop()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=_LARGEST)
        # They did not all press their first key together.
        due = loop.time() + self._chance.random() * KEY_SECONDS
        until = loop.time() + seconds
        for line in self._lines():
            due += KEY_SECONDS
            if max(due, loop.time()) > until:
                break
            await asyncio.sleep(max(0.0, due - loop.time()))
            # From when it should have been asked: an answer that is late keeps the next one waiting too.
            status = await self._ask(reader, writer, line)
            self.result.times.append((loop.time() - due) * 1000)
            if status != "200":
                self.result.errors.append(f"{line}: {status}")
        writer.close()

    def _lines(self) -> Iterator[str]:
        while True:
            word = self._chance.choice(self._words)
            yield from (word[:end] for end in range(1, len(word) + 1))

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str
    ) -> str:
        asked, host = f"/dods/?{urlencode({'q': line})}", f"127.0.0.1:{self._port}"
        shown, self._shown = self._shown, asked
        writer.write(
            f"GET {asked} HTTP/1.1\r\nHost: {host}\r\nCookie: {self._cookie}\r\n"
            "HX-Request: true\r\nHX-Target: dod-table\r\nHX-Trigger: dod-filters\r\n"
            f"HX-Current-URL: http://{host}{shown}\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if "content-length: " in head:
            await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        else:
            await reader.readuntil(_LAST_CHUNK)
        return head.split(" ", 2)[1]


async def type_together(port: int, cookies: list[str], words: list[str], seconds: float) -> Result:
    """Let one person for each cookie type, and return what became of it all."""
    people = [Typist(port, cookie, words, seed) for seed, cookie in enumerate(cookies)]
    ends = await asyncio.gather(
        *(person.type_for(seconds) for person in people), return_exceptions=True
    )
    result = Result()
    for person, end in zip(people, ends, strict=True):
        result.times += person.result.times
        result.errors += person.result.errors
        if end is not None:
            result.errors.append(repr(end))
    return result


def main() -> None:
    """Do what the input says."""
    asked = json.load(sys.stdin)
    result = asyncio.run(type_together(**asked))
    json.dump({"times": result.times, "errors": result.errors}, sys.stdout)


if __name__ == "__main__":
    main()
