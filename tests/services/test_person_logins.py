"""Guessing is slow, and nobody can keep others out."""

from __future__ import annotations

import pytest

from trunks.services.person_logins import OF_ADDRESS, OF_BOTH, OF_SITE, LoginTry, neighbourhood

pytestmark = pytest.mark.django_db

OWNER, ATTACKER = "203.0.113.7", "198.51.100.66"


def is_held(account: str = "vic", address: str = ATTACKER, browser: str = "") -> bool:
    return LoginTry(account=account, address=address, browser=browser).held_until() is not None


def tries_of_many_addresses(count: int = 30) -> None:
    for number in range(count):
        is_held(address=f"192.0.2.{number}")


def test_one_account_is_tried_a_few_times_from_one_address():
    assert [is_held() for _ in range(6)] == [False] * OF_BOTH.times + [True]


def test_a_name_typed_in_another_way_is_the_same_account():
    for name in ("vic", "VIC", "Ｖｉｃ", "vic", "vic"):
        is_held(name)
    assert is_held("Vic")


def test_tries_of_many_accounts_from_one_address_are_held():
    held = [is_held(f"person {number}") for number in range(OF_ADDRESS.times + 1)]
    assert held == [False] * OF_ADDRESS.times + [True]


def test_neighbours_in_an_ipv6_network_count_as_one():
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:2")
    assert neighbourhood("2001:db8::1") != neighbourhood("2001:db8:0:1::1")


def test_many_ipv6_networks_of_one_owner_do_not_buy_more_guesses():
    held = [is_held(address=f"2001:db8:1:{number:x}::1") for number in range(OF_SITE.times + 1)]
    assert held == [False] * OF_SITE.times + [True]
    assert not is_held(address="2001:db8:2::1")
    assert not is_held(address="2001:db8:1:ffff::1", browser="b1")


def test_right_passwords_of_many_ipv6_networks_are_not_counted():
    for number in range(OF_SITE.times + 5):
        attempt = LoginTry(account=f"person {number}", address=f"2001:db8:1:{number:x}::1")
        assert attempt.held_until() is None
        attempt.succeeded()


def test_wrong_passwords_from_elsewhere_keep_nobody_out():
    for _ in range(50):
        is_held()
    tries_of_many_addresses()
    assert not is_held(address=OWNER)


def test_an_account_under_attack_is_only_slower():
    tries_of_many_addresses()
    assert [is_held(address=OWNER) for _ in range(2)] == [False, True]


def test_an_attack_on_one_account_does_not_slow_another():
    tries_of_many_addresses()
    assert [is_held("ada", OWNER) for _ in range(5)] == [False] * 5


def test_a_known_browser_is_not_kept_out_by_its_neighbours():
    for number in range(OF_ADDRESS.times + 1):
        is_held(f"person {number}", OWNER)
    for _ in range(OF_BOTH.times + 1):
        is_held("vic", OWNER)
    assert is_held("vic", OWNER)
    assert not is_held("vic", OWNER, browser="b1")


def test_a_known_browser_may_not_guess_for_ever():
    assert [is_held(browser="b1") for _ in range(6)] == [False] * 5 + [True]


def test_right_passwords_are_not_counted():
    for _ in range(OF_ADDRESS.times + 5):
        attempt = LoginTry(account="vic", address=OWNER)
        assert attempt.held_until() is None
        attempt.succeeded()
    assert not is_held(address=OWNER)


def test_an_own_account_does_not_buy_more_guesses():
    guesses = 0
    for number in range(OF_ADDRESS.times + 5):
        own = LoginTry(account="mallory", address=ATTACKER)
        if own.held_until() is None:
            own.succeeded()
        guesses += not is_held(f"person {number}")
    assert guesses == OF_ADDRESS.times
