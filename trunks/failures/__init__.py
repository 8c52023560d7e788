"""What to tell people when a PBX could not be read: what happened, what it means, what to do."""

from __future__ import annotations

from .explaining import Explanation, explain, known_reasons

__all__ = ["Explanation", "explain", "known_reasons"]
