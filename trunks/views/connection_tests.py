""" "Test connection": asked for from the form of a PBX, answered beside it."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from trunks.forms.pbxs import PbxForm
from trunks.htmx import HtmxHttpRequest, wants_partial
from trunks.keyring import SecretUnavailable
from trunks.models import ConnectionTest, Trust
from trunks.services.connection_tests import (
    connection_test_request,
    saved_connection_test_request,
)
from trunks.views.pbx_forms import (
    form_context,
    form_of,
    form_page,
    pbx_of_form,
    secret_sentence,
    test_context,
    typed_password,
)


@require_POST
def connection_tests(request: HtmxHttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    pbx = pbx_of_form(request, user)
    form = form_of(user, pbx, request.POST, for_test=True)
    test = _requested(user, form) if form.is_valid() else None
    if not wants_partial(request):
        return form_page(request, user, form, test)
    if test is None:
        # The sentences belong beside their fields, so the whole form is answered.
        page = render(request, "trunks/_pbx_form.html", form_context(user, form))
        return reswap(retarget(page, "#pbx-form"), "outerHTML")
    return _fragment(request, test)


@require_http_methods(["GET", "HEAD", "POST"])
def connection_test(request: HtmxHttpRequest, test_id: int) -> HttpResponse:
    """Show how a test stands; a POST shows it in the form it carries, and writes nothing."""
    user = cast("User", request.user)
    test = get_object_or_404(ConnectionTest, pk=test_id, requested_by=user)
    if request.method == "POST":
        return _in_its_form(request, user, test)
    if wants_partial(request):
        return _fragment(request, test)
    return render(request, "trunks/connection_test.html", test_context(test))


def _fragment(request: HtmxHttpRequest, test: ConnectionTest) -> HttpResponse:
    context = {**test_context(test), "announce": True}
    return render(request, "trunks/_connection_test.html", context)


def _in_its_form(request: HtmxHttpRequest, user: User, test: ConnectionTest) -> HttpResponse:
    pbx = pbx_of_form(request, user)
    data = request.POST.copy()
    if "pin" in data and test.certificate:
        _pin(data, test)
    form = form_of(user, pbx, data, for_test=True)
    form.is_valid()
    if not wants_partial(request):
        return form_page(request, user, form, test)
    return render(request, "trunks/_pinned.html", form_context(user, form, test))


def _pin(data: QueryDict, test: ConnectionTest) -> None:
    data["trust"] = Trust.PINNED
    data["pinned_fingerprint"] = test.certificate["sha256"]


def _requested(user: User, form: PbxForm) -> ConnectionTest | None:
    """Ask for the test that a valid form describes; None when it cannot be, which the form then says."""
    password, settings = typed_password(form), form.connection_settings()
    try:
        if password:
            return connection_test_request(
                requested_by=user, password_md5=password.password_md5, **settings
            )
        if form.pbx:
            return saved_connection_test_request(requested_by=user, pbx=form.pbx, **settings)
    except SecretUnavailable as error:
        form.add_error(None, secret_sentence(error))
    return None
