"""The admin shows rows, changes none of them and shows no secret."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.builders import make_pbx, make_trunk
from trunks.models import ConnectionTest, Fetch

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(administrator) -> dict[str, object]:
    """One row of each model that the admin shows."""
    pbx = make_pbx()
    test = ConnectionTest.objects.create(requested_by=administrator, base_url="https://pbx:8088")
    return {
        "pbx": pbx,
        "trunk": make_trunk(pbx, password_fingerprint="f" * 64),
        "fetch": Fetch.objects.create(pbx=pbx),
        "connectiontest": test,
    }


@pytest.mark.parametrize("model", ["pbx", "trunk", "fetch", "connectiontest"])
def test_rows_can_be_looked_at_and_not_changed(admin_client, rows, model):
    page = reverse(f"admin:trunks_{model}_change", args=[rows[model].pk])
    assert admin_client.get(reverse(f"admin:trunks_{model}_changelist")).status_code == 200
    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, {}).status_code == 403
    assert admin_client.get(reverse(f"admin:trunks_{model}_add")).status_code == 403


def test_no_secret_is_shown(admin_client, rows):
    seen = "".join(
        admin_client.get(reverse(f"admin:trunks_{model}_change", args=[row.pk])).content.decode()
        for model, row in rows.items()
    )
    assert rows["pbx"].secret not in seen
    assert "f" * 64 not in seen


def test_sites_that_a_person_may_see_are_set_on_the_page_of_the_account(admin_client, viewer):
    make_pbx(site="Leeds")
    page = reverse("admin:auth_user_change", args=[viewer.pk])
    form = admin_client.get(page).context["adminform"].form
    rows = {"site_limits-TOTAL_FORMS": 1, "site_limits-INITIAL_FORMS": 0}
    typed = {
        name: value
        for name, value in form.initial.items()
        if isinstance(value, str | bool) and value
    }
    sent = {**typed, **rows, "date_joined_0": "2026-11-25", "date_joined_1": "08:00"}
    answer = admin_client.post(page, {**sent, "site_limits-0-site": "Leeds"})
    assert answer.status_code == 302, answer.context["errors"]
    assert [limit.site for limit in viewer.site_limits.all()] == ["Leeds"]


def test_a_limit_to_a_site_that_is_gone_is_still_shown(admin_client, viewer):
    viewer.site_limits.create(site="Nowhere")
    page = admin_client.get(reverse("admin:auth_user_change", args=[viewer.pk]))
    assert "Nowhere (no PBX is there now)" in page.content.decode()
