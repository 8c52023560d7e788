"""`manage.py limit_sites`: which sites a person may see."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests.builders import make_pbx

pytestmark = pytest.mark.django_db


def limit(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("limit_sites", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def sites_of(user: User) -> list[str]:
    return list(user.site_limits.values_list("site", flat=True))


def test_a_person_is_limited_to_sites(viewer):
    make_pbx(site="Leeds")
    make_pbx("Other", site="Paris")
    out, err = limit("vic", "--site", "Leeds", "--site", "Paris", "--site", "Leeds")
    assert sites_of(viewer) == ["Leeds", "Paris"]
    assert out == "vic sees the PBXs at Leeds, Paris, and nothing of others.\n"
    assert not err


def test_the_new_limit_takes_the_place_of_the_old_one(viewer):
    limit("vic", "--site", "Leeds")
    limit("vic", "--site", "Paris")
    assert sites_of(viewer) == ["Paris"]


def test_all_lifts_the_limit(viewer):
    limit("vic", "--site", "Leeds")
    out, _ = limit("vic", "--all")
    assert sites_of(viewer) == []
    assert out == "vic sees the PBXs of all sites.\n"


def test_a_site_without_a_pbx_is_kept_and_said(viewer):
    _, err = limit("vic", "--site", "Nowhere")
    assert sites_of(viewer) == ["Nowhere"]
    assert err == "No PBX is at 'Nowhere' now: this shows nothing.\n"


@pytest.mark.parametrize(
    "args",
    [
        ("vic",),
        ("vic", "--site", " "),
        ("vic", "--site", "x" * 101),
        ("nobody", "--site", "Leeds"),
        ("vic", "--site", "Leeds", "--all"),
    ],
)
def test_what_says_nothing_sure_changes_nothing(viewer, args):
    limit("vic", "--site", "Leeds")
    with pytest.raises(CommandError):
        limit(*args)
    assert sites_of(viewer) == ["Leeds"]
