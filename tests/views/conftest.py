"""People and PBXs that several pages are tried with."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.builders import make_pbx
from trunks.models import Pbx


@pytest.fixture
def operator_client(viewer: User) -> Client:
    viewer.user_permissions.add(Permission.objects.get(codename="add_fetch"))
    client = Client()
    client.force_login(viewer)
    return client


@pytest.fixture
def fleet(db: None) -> list[Pbx]:
    return [
        make_pbx("Leeds", site="Leeds"),
        make_pbx("Lisbon", site="Lisbon"),
        make_pbx("Old Mill", site="Leeds", enabled=False),
    ]


@pytest.fixture
def pbx(db: None) -> Pbx:
    """A saved PBX."""
    return make_pbx("Branch")
