"""Does any secret get out? A world whose every secret is known is fetched, walked, searched: `manage.py leakcheck`."""
