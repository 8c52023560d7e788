"""Numbers of things in what commands print."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Write a number with the name of what is counted, of which there is one or there are several."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
