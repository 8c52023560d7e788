"""Failures in words."""

from __future__ import annotations

import pytest

from trunks.failures import explain, known_reasons
from trunks.yeastar import Reason


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_the_client_has_sentences_of_its_own(reason: Reason):
    assert reason in known_reasons()


@pytest.mark.parametrize("reason", sorted(known_reasons()))
def test_every_explanation_is_three_whole_sentences(reason: str):
    why = explain(reason, errno="10001", detail="https://pbx:8088")

    assert all(part.endswith(".") for part in (why.happened, why.meaning, why.remedy))
    assert "%" not in str(why)


def test_an_unknown_errno_is_named():
    assert "PBX error 12345" in explain("errno", errno="12345").happened


def test_a_redirect_names_the_address_to_use_instead():
    assert "https://10.0.0.1:8088" in explain("redirected", detail="https://10.0.0.1:8088").happened


def test_an_unknown_reason_is_shown_as_it_is():
    assert "brand-new" in explain("brand-new").happened
