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
