"""Secrets at rest."""

from __future__ import annotations

import base64

import pytest

from trunks.keyring import Keyring, KeysUnusable, SecretUnavailable, password_fingerprint


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


def test_what_was_sealed_comes_back():
    ring = Keyring.read(f"one:{key('a')}")

    assert ring.unseal(ring.seal("secret", context="row:1"), context="row:1") == "secret"


def test_a_ciphertext_moved_to_another_row_is_refused():
    ring = Keyring.read(f"one:{key('a')}")
    sealed = ring.seal("secret", context="row:1")

    with pytest.raises(SecretUnavailable, match="moved"):
        ring.unseal(sealed, context="row:2")


def test_a_wrong_key_of_the_same_name_is_refused():
    sealed = Keyring.read(f"one:{key('a')}").seal("secret", context="row:1")

    with pytest.raises(SecretUnavailable, match="wrong"):
        Keyring.read(f"one:{key('b')}").unseal(sealed, context="row:1")


def test_an_old_key_still_opens_after_a_new_one_was_put_first():
    sealed = Keyring.read(f"old:{key('a')}").seal("secret", context="row:1")
    rotated = Keyring.read(f"new:{key('b')},old:{key('a')}")

    assert rotated.unseal(sealed, context="row:1") == "secret"
    assert rotated.seal("secret", context="row:1").startswith("v1:new:")


@pytest.mark.parametrize("text", ["", "one", "one:short", "one:" + "!" * 44, ":" + key("a")])
def test_unusable_keys_are_said_without_naming_them(text: str):
    with pytest.raises(KeysUnusable) as caught:
        Keyring.read(text)

    assert key("a") not in str(caught.value)


def test_nothing_of_the_keys_is_in_the_repr():
    assert "aaaa" not in repr(Keyring.read(f"one:{key('a')}"))


def test_equal_passwords_have_equal_fingerprints_and_others_do_not():
    assert password_fingerprint("a") == password_fingerprint("a") != password_fingerprint("b")


def test_a_fingerprint_depends_on_its_key(settings):
    before = password_fingerprint("a")
    settings.PBXDASH_FINGERPRINT_KEY = key("z")

    assert password_fingerprint("a") != before
