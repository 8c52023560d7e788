"""What a browser calls itself, in few words. It may say anything, so nothing hangs on it."""

from __future__ import annotations

import re

# The first that fits: each of them also names those after it.
_BROWSERS = (
    ("Edge", r"Edg(?:A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS|Chromium|HeadlessChrome)/(\d+)"),
    ("Safari", r"Version/(\d+).* Safari/"),
    ("curl", r"curl/(\d+)"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad|iPod"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def browser_name(agent: str) -> str:
    """Return browser and system of a `User-Agent`, like "Firefox 140, Windows"; empty when neither is known."""
    browser = ""
    for name, pattern in _BROWSERS:
        if found := re.search(pattern, agent):
            browser = f"{name} {found[1]}"
            break
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, agent)), "")
    return ", ".join(part for part in (browser, system) if part)
