"""Settings, read by a process of their own as a start does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pbxdash.first_start import write_settings

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PBXDASH_", "DJANGO_"))
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    write_settings(tmp_path / "env")
    return tmp_path / "env"


def test_without_a_secret_key_the_start_ends_with_one_sentence():
    ended = manage("check")

    assert ended.returncode != 0
    assert ended.stderr.startswith("pbxdash: PBXDASH_SECRET_KEY is not set.")
    assert "Traceback" not in ended.stderr


def test_a_settings_file_that_is_missing_is_named():
    ended = manage("check", PBXDASH_ENV_FILE="nowhere/env")

    assert "nowhere/env, which is not a file" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_factor_cannot_be_required_where_nobody_can_add_one(env_file: Path):
    required = {"PBXDASH_ENV_FILE": str(env_file), "PBXDASH_SECOND_FACTOR_REQUIRED": "true"}

    assert "set PBXDASH_SECOND_FACTOR too" in manage("check", **required).stderr
    assert manage("check", **required, PBXDASH_SECOND_FACTOR="true").returncode == 0


def test_the_file_of_a_first_start_is_enough(env_file: Path):
    assert manage("check", PBXDASH_ENV_FILE=str(env_file)).returncode == 0


def test_the_file_of_a_first_start_is_readable_by_its_owner_only(env_file: Path):
    assert env_file.stat().st_mode & 0o777 == 0o600


def test_a_second_start_keeps_the_keys(env_file: Path):
    before = env_file.read_text()

    assert not write_settings(env_file)
    assert env_file.read_text() == before


def test_a_secret_may_be_in_a_file_of_its_own(env_file: Path, tmp_path: Path):
    (tmp_path / "key").write_text("from-a-file\n")
    shown = manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings; print(repr(settings.SECRET_KEY))",
        PBXDASH_ENV_FILE=str(env_file),
        PBXDASH_SECRET_KEY_FILE=str(tmp_path / "key"),
    )

    assert shown.stdout.strip() == "'from-a-file'"


def test_a_secret_file_that_cannot_be_read_is_one_sentence(env_file: Path):
    ended = manage("check", PBXDASH_ENV_FILE=str(env_file), PBXDASH_SECRET_KEY_FILE="/nowhere/key")

    assert "pbxdash: PBXDASH_SECRET_KEY_FILE cannot be read" in ended.stderr


def test_missing_keys_are_one_sentence(env_file: Path):
    ended = manage("check", PBXDASH_ENV_FILE=str(env_file), PBXDASH_KEYS="nonsense")

    assert "PBXDASH_KEYS is malformed" in ended.stderr
    assert "nonsense" not in ended.stderr


def test_plain_http_is_refused_for_a_public_name(env_file: Path):
    ended = manage(
        "check", PBXDASH_ENV_FILE=str(env_file), PBXDASH_ALLOWED_HOSTS="pbxdash.example.com"
    )

    assert "pbxdash.E003" in ended.stderr


def test_the_demo_is_refused_beyond_this_computer(env_file: Path):
    ended = manage(
        "check",
        PBXDASH_ENV_FILE=str(env_file),
        PBXDASH_DEMO="true",
        PBXDASH_ALLOWED_HOSTS="192.168.1.5",
    )

    assert "pbxdash.E004" in ended.stderr


def test_a_network_that_is_none_is_one_sentence(env_file: Path):
    ended = manage(
        "check", PBXDASH_ENV_FILE=str(env_file), PBXDASH_ALLOWED_NETWORKS="192.168.0.0/99"
    )

    assert ended.stderr.startswith("pbxdash: PBXDASH_ALLOWED_NETWORKS")


SIGN_ON = {
    "PBXDASH_SECOND_FACTOR": "true",
    "PBXDASH_OIDC_ISSUER": "https://idp.example.com",
    "PBXDASH_OIDC_CLIENT_ID": "pbxdash",
    "PBXDASH_OIDC_CLIENT_SECRET": "client-secret",
    "PBXDASH_OIDC_ROLES": "staff=viewer",
}


@pytest.mark.parametrize(
    "more", [{}, {"PBXDASH_BEHIND_TLS_PROXY": "true", "PBXDASH_TRUSTED_PROXIES": "1"}, SIGN_ON]
)
def test_production_settings_pass_the_deployment_check(env_file: Path, more: dict[str, str]):
    checked = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        PBXDASH_ENV_FILE=str(env_file),
        PBXDASH_INSECURE_HTTP="false",
        PBXDASH_ALLOWED_HOSTS="pbxdash.example.com",
        **more,
    )

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    "missing", [name for name in SIGN_ON if "CLIENT" in name or "ROLES" in name]
)
def test_half_a_single_sign_on_is_one_sentence(env_file: Path, missing: str):
    ended = manage("check", **{"PBXDASH_ENV_FILE": str(env_file), **SIGN_ON, missing: ""})

    assert ended.stderr.startswith("pbxdash: PBXDASH_OIDC_ISSUER is set")
    assert "client-secret" not in ended.stderr


def test_second_factor_and_single_sign_on_have_no_address_until_they_are_switched_on(
    env_file: Path,
):
    looking = (
        "from django.urls import resolve, Resolver404\n"
        "for path in ('/login/code/', '/account/second-factor/', '/sso/', '/sso/callback/'):\n"
        "    try: print(resolve(path))\n"
        "    except Resolver404: print('nothing')"
    )
    shown = manage("shell", "--no-imports", "-c", looking, PBXDASH_ENV_FILE=str(env_file))

    assert shown.stdout.split() == ["nothing"] * 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_ROLES", "staff=emperor"),
        ("OIDC_ROLES", "staff"),
        ("SESSION_IDLE", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("STALE_AFTER", "abc"),
        ("STALE_AFTER", "-5"),
        ("INSECURE_HTTP", "ture"),
        ("BEHIND_TLS_PROXY", "maybe"),
        ("TIME_ZONE", "Mars"),
        ("LOG_LEVEL", "debug"),
        ("LANGUAGE", "xx"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL_FILE", "/nowhere/url"),
    ],
)
def test_a_value_that_cannot_be_meant_is_one_sentence(env_file: Path, name: str, value: str):
    ended = manage("check", **{"PBXDASH_ENV_FILE": str(env_file), f"PBXDASH_{name}": value})

    assert ended.stderr.startswith(f"pbxdash: PBXDASH_{name} ")
    assert "Traceback" not in ended.stderr


def test_the_address_of_a_database_may_ask_for_encryption(env_file: Path):
    shown = manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])",
        PBXDASH_ENV_FILE=str(env_file),
        PBXDASH_DATABASE_URL="postgres://user@host/name?sslmode=verify-full",
    )

    assert "'sslmode': 'verify-full'" in shown.stdout
    assert "lock_timeout" in shown.stdout
