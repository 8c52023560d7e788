"""What the API says to calls it cannot serve: always HTTP 200, always an errno."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .asking import API, ask, ask_path, failed, token_of

METHODS = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]
ENDPOINTS = ["login", "logout", "heartbeat", "trunk/list", "trunk/query_siptrunk", "nothing"]


@pytest.mark.parametrize("method", METHODS)
def test_only_post_is_served(pbx, method):
    answered = ask_path(pbx, f"{API}trunk/list?token=x", method=method)

    assert (answered.status, answered.json) == (200, failed("20001"))


@pytest.mark.parametrize(
    "endpoint", ["trunk/nothing", "trunk/add_siptrunk", "trunk/delete_siptrunk", "login/", ""]
)
def test_an_unsupported_endpoint_is_refused(pbx, endpoint):
    assert ask(pbx, endpoint, token_of(pbx)) == failed("10003")


@pytest.mark.parametrize("path", ["/api/v1.1.0/login", "/api/v2.0.1/trunk/list", "/api/"])
def test_another_version_is_an_unsupported_request(pbx, path):
    assert ask_path(pbx, path, b"{}").json == failed("10003")


@pytest.mark.parametrize(
    ("body", "errno"),
    [
        (b"", "20009"),
        (b"id=15", "20000"),
        (b'["15"]', "20000"),
        (b'{"id": "\xff"}', "20000"),
        (b"[" * 100_000, "20000"),
        (b"<Request/>", "10002"),
    ],
)
def test_a_body_that_is_not_a_json_object_is_refused(pbx, body, errno):
    path = f"{API}trunk/query_siptrunk?token={token_of(pbx)}"

    assert ask_path(pbx, path, body).json == failed(errno)


@given(endpoint=st.sampled_from(ENDPOINTS), body=st.binary(max_size=60))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_posted_the_answer_is_json_with_http_200(pbx, endpoint, body):
    answered = ask_path(pbx, f"{API}{endpoint}?token=", body)

    assert answered.status == 200
    assert answered.json["status"] == "Failed"
    assert len(answered.json["errno"]) == 5


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/", "/index.html", "/openapi/v1.0/get_token", "/apix"])
def test_a_path_outside_the_api_shows_the_web_login_page(pbx, path, method):
    answered = ask_path(pbx, path, method=method)

    assert answered.status == 200
    assert ("Content-Type", "text/html") in answered.headers
    assert answered.body.startswith(b"<!DOCTYPE html>")
