"""People who all type at once. Run as a program, in a process of its own: `typing` starts it.

It reads what to do as JSON from its input, and writes the times in milliseconds and the errors as JSON.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

# The page asks so long after a key, unless another key comes before (`delay:` of hx-trigger).
PAUSE_SECONDS = 0.25
# Between the keys of people who type: 52 words a minute, of five keys each, is the mean of 168,000 (Dhakal et al.,
# Observations on Typing from 136 Million Keystrokes, CHI 2018, https://doi.org/10.1145/3173574.3174220). How far
# keys are from this, half of it, is a guess of ours: without any spread, no key but the last of a word would ask.
_KEY_SECONDS = 60 / (52 * 5)
_SPREAD = _KEY_SECONDS / 2
_LAST_CHUNK = b"0\r\n\r\n"
_LARGEST = 1 << 24


@dataclass(slots=True)
class Result:
    """What became of all requests."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Typist:
    """One person: types a word letter by letter, empties the box and types the next.

    With `every_key`, as fast as can be with every key still asking, which nobody does: the most that so many
    people could ask for.
    """

    def __init__(
        self, port: int, cookie: str, words: list[str], seed: int, *, every_key: bool
    ) -> None:
        self._every_key = every_key
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
        begun = loop.time() + self._chance.random() * PAUSE_SECONDS
        for after, line in self._asked():
            due = begun + after
            if max(due, loop.time()) > begun + seconds:
                break
            await asyncio.sleep(max(0.0, due - loop.time()))
            # From when it should have been asked: an answer that is late keeps the next one waiting too.
            status = await self._ask(reader, writer, line)
            self.result.times.append((loop.time() - due) * 1000)
            if status != "200":
                self.result.errors.append(f"{line}: {status}")
        writer.close()

    def _asked(self) -> Iterator[tuple[float, str]]:
        """Yield what the page asks for, and after how many seconds: where a pause follows a key, and at the end."""
        now = 0.0
        while True:
            word = self._chance.choice(self._words)
            for end in range(1, len(word) + 1):
                pause = self._pause()
                if end == len(word):
                    pause = max(pause, PAUSE_SECONDS)
                if pause >= PAUSE_SECONDS:
                    yield now + PAUSE_SECONDS, word[:end]
                now += pause

    def _pause(self) -> float:
        """Return the seconds until the next key: never negative, and now and then long."""
        if self._every_key:
            return PAUSE_SECONDS
        variance = math.log(1 + (_SPREAD / _KEY_SECONDS) ** 2)
        return self._chance.lognormvariate(
            math.log(_KEY_SECONDS) - variance / 2, math.sqrt(variance)
        )

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


async def type_together(
    port: int, cookies: list[str], words: list[str], seconds: float, *, every_key: bool
) -> Result:
    """Let one person for each cookie type, and return what became of it all."""
    people = [
        Typist(port, cookie, words, seed, every_key=every_key)
        for seed, cookie in enumerate(cookies)
    ]
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
