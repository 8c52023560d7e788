"""Asks a site's database and services from a process of its own: a line of JSON in, a line out.

Run as `python -m tests.faults.overseer`, by `tests.faults.site`.
"""

from __future__ import annotations

import json
import sys

import django
from django.db import connection


def main() -> None:
    """Answer until nobody asks any more."""
    django.setup()
    from tests.faults.questions import QUESTIONS

    for line in sys.stdin:
        details = json.loads(line)
        answer = QUESTIONS[details.pop("do")](**details)
        connection.close()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
