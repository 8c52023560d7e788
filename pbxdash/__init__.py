"""The Django project: settings, addresses and the entry points. No product knowledge."""
