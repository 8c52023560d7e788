from __future__ import annotations

import pickle

import pytest

import trunks.yeastar as package
from trunks.yeastar import (
    ApiRefused,
    BadPayload,
    LoginHeld,
    LoginRefused,
    PbxError,
    Reason,
    Unreachable,
    Untrusted,
)
from trunks.yeastar.errors import cutting_traces

KINDS = (ApiRefused, BadPayload, LoginHeld, LoginRefused, Unreachable, Untrusted)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_pickling_of_a_task_queue(kind):
    error = pickle.loads(pickle.dumps(kind(Reason.ERRNO, "detail", "10062")))  # noqa: S301
    assert (type(error), error.reason, error.detail, error.errno) == (
        kind,
        Reason.ERRNO,
        "detail",
        "10062",
    )


def test_an_error_reads_as_its_reason_number_and_detail():
    assert str(Unreachable(Reason.REFUSED)) == "refused"
    assert str(ApiRefused(Reason.ERRNO, errno="10062")) == "errno 10062"
    assert str(BadPayload(Reason.HTTP_STATUS, "503")) == "http-status (503)"


def test_a_cut_error_has_neither_cause_nor_context_nor_lower_frames():
    @cutting_traces
    def fail():
        try:
            int("secret")
        except ValueError as error:
            raise Unreachable(Reason.CLOSED) from error

    with pytest.raises(PbxError) as caught:
        fail()
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "fail" not in {entry.name for entry in caught.traceback}


def test_reasons_are_short_words_that_a_column_holds():
    assert all(reason.replace("-", "").isalpha() and len(reason) <= 32 for reason in Reason)


def test_the_public_names_are_sorted_and_exist():
    assert package.__all__ == sorted(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)
