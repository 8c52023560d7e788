"""How often a person may try to log in, so that guessing is slow and nobody can keep others out.

Counted are tries of one account from one address, and all tries from an address. Many tries of one account from
everywhere only make it slower: each address still has its first try at once, and one a minute after it. Of IPv6
anybody can have thousands of networks, so the larger one that they lie in has a ration too. A browser in which the
account was logged in before counts by itself, whatever its neighbours behind one address do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from trunks.search.text import normalise
from trunks.services.throttling import (
    Allowance,
    throttle_forget,
    throttle_give_back,
    throttle_is_used_up,
    throttle_take,
)

OF_ADDRESS = Allowance(20, timedelta(hours=1))
OF_SITE = Allowance(100, timedelta(hours=1))
OF_ACCOUNT = Allowance(10, timedelta(minutes=15))
OF_BOTH = Allowance(5, timedelta(minutes=5))
# The same pace as above, but nothing saved up.
OF_BOTH_SLOWED = Allowance(1, timedelta(minutes=1))
OF_BROWSER = Allowance(5, timedelta(minutes=5))
# What one household or office has of IPv6 at the least.
IPV6_PREFIX = 64
# What anybody gets for the asking, with 65,536 of those in it.
IPV6_SITE_PREFIX = 48


@dataclass(frozen=True, slots=True)
class LoginTry:
    """One try of an account; `browser` names one in which it was logged in before, else it is empty."""

    account: str
    address: str
    browser: str = ""

    def held_until(self) -> datetime | None:
        """Count the try; None when it may be made, else when the next one may.

        Asks nothing about the account, so that the answer for one that does not exist is the same.
        """
        if self.browser:
            return throttle_take(name=self._of_browser, allowance=OF_BROWSER)
        is_slowed = throttle_is_used_up(name=self._of_account, allowance=OF_ACCOUNT)
        allowance = OF_BOTH_SLOWED if is_slowed else OF_BOTH
        if until := throttle_take(name=self._of_both, allowance=allowance):
            return until
        if until := throttle_take(name=self._of_address, allowance=OF_ADDRESS):
            return until
        if self._of_site and (until := throttle_take(name=self._of_site, allowance=OF_SITE)):
            return until
        throttle_take(name=self._of_account, allowance=OF_ACCOUNT)
        return None

    def succeeded(self) -> None:
        """Count it no longer: the password was right."""
        if self.browser:
            throttle_forget(name=self._of_browser)
            return
        throttle_forget(name=self._of_both)
        throttle_give_back(name=self._of_address, allowance=OF_ADDRESS)
        if self._of_site:
            throttle_give_back(name=self._of_site, allowance=OF_SITE)
        throttle_give_back(name=self._of_account, allowance=OF_ACCOUNT)

    @property
    def _of_account(self) -> str:
        return f"login:account:{normalise(self.account)}"

    @property
    def _of_address(self) -> str:
        return f"login:address:{neighbourhood(self.address)}"

    @property
    def _of_site(self) -> str:
        """Name the network of networks that an IPv6 address is in; empty for the others, which have none."""
        site = neighbourhood(self.address, prefix=IPV6_SITE_PREFIX)
        return f"login:site:{site}" if ":" in site else ""

    @property
    def _of_both(self) -> str:
        return f"login:both:{neighbourhood(self.address)}:{normalise(self.account)}"

    @property
    def _of_browser(self) -> str:
        return f"login:browser:{self.browser}"


def neighbourhood(address: str, prefix: int = IPV6_PREFIX) -> str:
    """Return what counts as one address: of IPv6 the network, since each of its computers has billions."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address):
        return str(ip_network((known, prefix), strict=False))
    return str(known)
