#!/usr/bin/env python
"""Django's command line, with one sentence instead of a traceback when a setting is wrong."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxdash.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"pbxdash: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
