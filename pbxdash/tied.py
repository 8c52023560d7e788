"""A command that is told to end when the process that started it is gone, also when that one was killed.

Run as a script: `python tied.py <number of that process> <command> <its arguments>`. It becomes the command, so
that no process stands between the two. The kernel of Linux does the telling; elsewhere nobody does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tie_to(parent: int) -> None:
    """Have this process sent SIGTERM when its parent ends; end at once when that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        # Whoever was killed before the kernel knew is not told of.
        if os.getppid() != parent:
            sys.exit(1)


if __name__ == "__main__":
    tie_to(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  what serving.py gives it
