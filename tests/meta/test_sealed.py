"""No sealed text is forgotten when keys are rotated: each place that seals is known, and so is where its text rests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from allauth.socialaccount.models import SocialApp, SocialToken
from django.apps import apps

from trunks.models import SealedTextField
from trunks.services.sealed_places import sealed_places

ROOT = Path(__file__).resolve().parents[2]

# Module that seals: the places of `sealed_places` where its texts rest; none for what is only on a page.
RESTS_IN: dict[str, set[str]] = {
    "trunks/models/pbx.py": {"trunks_pbx.secret", "trunks_connectiontest.secret"},
    "trunks/services/logouts.py": {"log-outs that wait for a worker, or are done"},
    "trunks/services/tokens.py": {"kept tokens of PBXs"},
    "trunks/services/second_factors.py": {
        "second factors: totp",
        "second factors: recovery_codes",
    },
    "trunks/services/held_passwords.py": set(),
    # It seals anew what it has read in each place.
    "trunks/services/key_rotation.py": set(),
}


def modules_that_seal() -> set[str]:
    paths = [*(ROOT / "trunks").rglob("*.py"), *(ROOT / "pbxdash").rglob("*.py")]
    return {
        str(path.relative_to(ROOT))
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "seal"
    }


def test_every_module_that_seals_says_where_its_texts_rest():
    assert modules_that_seal() == RESTS_IN.keys()


def test_every_place_is_one_that_a_module_seals_for():
    assert {place.name for place in sealed_places()} == set().union(*RESTS_IN.values())


@pytest.mark.django_db
def test_every_sealed_field_is_a_place():
    fields = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedTextField)
    }
    assert fields <= {place.name for place in sealed_places()}
    assert len(fields) >= 2


def test_whatever_is_called_a_secret_in_a_model_is_a_sealed_field():
    suspects = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        # Sign-on keeps none: its provider is named in the settings, and tokens are dropped.
        if model not in {SocialApp, SocialToken}
        and field.name in {"secret", "token", "sealed", "ciphertext"}
        and not isinstance(field, SealedTextField)
    }
    assert suspects == set()
