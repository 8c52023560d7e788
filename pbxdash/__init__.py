"""The Django project: settings, addresses and the entry points. No product knowledge."""

from pbxdash.newer_sqlite import prefer_newer_sqlite

# Before Django looks for it, whichever entry point this is.
prefer_newer_sqlite()
