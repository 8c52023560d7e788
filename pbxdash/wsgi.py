"""The WSGI entry point, served by granian."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from pbxdash.readable import readable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxdash.settings")

application = readable(get_wsgi_application())
