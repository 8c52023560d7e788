"""Every redaction of the code is needed: with any one of them taken away, the check for leaks fails.

A new place that keeps a secret from getting out belongs in this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db.models import Model

from tests.leakcheck.conftest import Check
from tests.leakcheck.mutating import mutate
from trunks.keyring import Keyring
from trunks.leakcheck import acting, factors, sharing, speaking, walking
from trunks.leakcheck.checking import Stage
from trunks.leakcheck.markers import Kind
from trunks.leakcheck.verdicts import VERDICTS
from trunks.models import Pbx, Trunk
from trunks.services.held_passwords import HeldPassword
from trunks.yeastar import Connection


@dataclass(frozen=True)
class Mutant:
    """A place in the code, the text to take away there, what comes instead, what gets out then, and at which stage.

    Only that stage is run, since a whole check takes long and would find no less.
    """

    place: str
    old: str
    new: str
    what: str
    stage: Stage = acting.fetch_badly


MUTANTS = {
    # Parsing: what an answer holds besides what we know.
    "a SIP password is replaced at once": Mutant(
        "trunks.yeastar.parsing:_read_trunk",
        "fingerprint(password) if password else password",
        "password",
        Kind.SIP_PASSWORD,
    ),
    "an errno is a number": Mutant(
        "trunks.yeastar.parsing:refused_errno",
        'return str(errno) if _ERRNO.fullmatch(str(errno)) else ""',
        "return str(errno)",
        Kind.SIP_PASSWORD,
    ),
    "JSON that cannot be read is not told": Mutant(
        "trunks.yeastar.parsing:_load_json",
        'return _NotJson("cut-off" if is_cut_off else "")',
        "return _NotJson(text)",
        Kind.SIP_PASSWORD,
    ),
    # The fingerprint.
    "a fingerprint needs a key": Mutant(
        "trunks.keyring:password_fingerprint",
        "return hmac.new(",
        "return hashlib.sha256(password.encode()).hexdigest() or hmac.new(",
        Kind.SIP_PASSWORD,
    ),
    # The wire.
    "the token is not in the address that is logged": Mutant(
        "trunks.yeastar.adapter:PbxAdapter.request_url",
        "return path",
        'self._line.query = ""; return path + mark + query',
        Kind.PBX_TOKEN,
    ),
    "what could not be read as headers is forgotten": Mutant(
        "trunks.yeastar.adapter:_QuietResponse.begin",
        'self.msg.defects.clear()\n    self.msg.set_payload("")',
        "pass",
        Kind.SIP_PASSWORD,
    ),
    "of a redirect only the machine is told": Mutant(
        "trunks.yeastar.transport:Transport._redirect_target",
        'parts = urlsplit(response.headers.get("Location", ""))',
        'return response.headers.get("Location", "")',
        Kind.API_DIGEST,
    ),
    "texts of lower errors are not told": Mutant(
        "trunks.yeastar.network_errors:_failure_by_type",
        "return kind(reason)",
        'return kind(reason, " ".join(str(layer) for layer in layers))',
        Kind.API_DIGEST,
    ),
    "a client's errors have no frames below": Mutant(
        "trunks.yeastar.client:PbxClient.trunks", "def", "def", Kind.SIP_PASSWORD, speaking.speak
    ),
    "a client's errors have no frames below, when a password is read": Mutant(
        "trunks.yeastar.client:PbxClient.sip_password",
        "def",
        "def",
        Kind.SIP_PASSWORD,
        speaking.speak,
    ),
    # What our objects say of themselves.
    "a SIP password does not describe itself": Mutant(
        "trunks.yeastar.records:SipPassword.__repr__",
        'return "SipPassword(***)"',
        "return self._text",
        Kind.SIP_PASSWORD,
        speaking.speak,
    ),
    "a SIP password is not pickled": Mutant(
        "trunks.yeastar.records:SipPassword.__reduce__",
        'raise TypeError("A SIP password is not to be kept.")',
        "return (type(self), (self._text,))",
        Kind.SIP_PASSWORD,
        speaking.speak,
    ),
    # At rest.
    "an API password is sealed": Mutant(
        "trunks.models.pbx:Connection.keep_secret",
        "keyring().seal(password_md5, context=self.secret_context)",
        "password_md5",
        Kind.API_DIGEST,
    ),
    "a token is sealed in the cache": Mutant(
        "trunks.services.tokens:token_keep",
        "keyring().seal(token, context=key)",
        "token",
        Kind.PBX_TOKEN,
    ),
    "a token is sealed in a task": Mutant(
        "trunks.services.logouts:logout_request",
        "keyring().seal(json.dumps(values), context=SEALED_FOR_LOGOUT)",
        "json.dumps(values)",
        Kind.PBX_TOKEN,
        acting.change_settings,
    ),
    "credentials are counted by a fingerprint": Mutant(
        "trunks.services.logins:credentials_fingerprint",
        'return password_fingerprint(f"api-login:{username}:{password_md5}")',
        "return password_md5",
        Kind.API_DIGEST,
    ),
    "the audit log names a session by its code": Mutant(
        "trunks.services.auditing:_session",
        "session_code(key) if key",
        "key if key",
        Kind.SESSION_KEY,
        acting.reveal,
    ),
    "a connection test forgets the API password": Mutant(
        "trunks.services.connection_tests:_end",
        'test.secret = ""',
        "pass",
        "sealed API password of a connection test that is over",
        acting.try_connections,
    ),
    # Forms and pages.
    "a held password is sealed on the page": Mutant(
        "trunks.services.held_passwords:held_password_seal",
        "return keyring().seal(json.dumps(values), context=_context(user))",
        "return json.dumps(values)",
        Kind.API_DIGEST,
        acting.change_settings,
    ),
    "the context of a page holds no revealed text": Mutant(
        "trunks.views.reveal:_shown",
        '"trunks/revealed.html", context',
        '"trunks/revealed.html", {**context, "text": context["found"].text}',
        Kind.SIP_PASSWORD,
        acting.reveal,
    ),
    # Links and second factors.
    "a link is found by a hash": Mutant(
        "trunks.services.sharing:_hash",
        "return ",
        "return token or ",
        Kind.SHARE_TOKEN,
        sharing.share,
    ),
    "a passphrase is kept as a password is": Mutant(
        "trunks.services.sharing:share_make",
        "make_password(wish.passphrase)",
        "wish.passphrase",
        Kind.PASSPHRASE,
        sharing.share,
    ),
    "a link is not in the logs": Mutant(
        "pbxdash.log_lines:LineFormatter.format",
        "return without_tokens(super().format(record))",
        "return super().format(record)",
        Kind.SHARE_TOKEN,
        sharing.share,
    ),
    "a link is not in an error report that is a page": Mutant(
        "pbxdash.error_reports:Reporter.get_traceback_html",
        "return SafeString(without_tokens(super().get_traceback_html()))",
        "return super().get_traceback_html()",
        Kind.SHARE_TOKEN,
        sharing.share,
    ),
    "a link is not in an error report that is a mail": Mutant(
        "pbxdash.error_reports:Reporter.get_traceback_text",
        "return SafeString(without_tokens(super().get_traceback_text()))",
        "return super().get_traceback_text()",
        Kind.SHARE_TOKEN,
        sharing.share,
    ),
    "a second factor is sealed": Mutant(
        "pbxdash.allauth_adapters:SecondFactorAdapter.encrypt",
        "return factor_seal(text)",
        "return text",
        Kind.SECOND_FACTOR,
        factors.second_factors,
    ),
    "a second factor is sealed while it waits": Mutant(
        "pbxdash.second_factor:NewAppForm.__init__",
        "factor_seal(self.secret)",
        "self.secret",
        Kind.SECOND_FACTOR,
        factors.second_factors,
    ),
    # Mistakes of ours.
    "an unknown error of a fetch is told by its type": Mutant(
        "trunks.services.reading:read",
        "detail=type(error).__name__",
        "detail=str(error)",
        Kind.SIP_PASSWORD,
    ),
    "an unknown error of a test is told by its type": Mutant(
        "trunks.services.connection_tests:connection_test_perform",
        '_fail(test, "internal", detail=type(error).__name__)',
        '_fail(test, "internal", detail=str(error))',
        Kind.PBX_TOKEN,
        acting.try_connections,
    ),
    "a crash of a test is told by its type": Mutant(
        "trunks.services.connection_tests:connection_test_perform",
        "ConnectionTestCrashed(type(error).__name__)",
        "ConnectionTestCrashed(str(error))",
        Kind.PBX_TOKEN,
        acting.try_connections,
    ),
    "the cause of a crash is left out": Mutant(
        "trunks.services.connection_tests:connection_test_perform",
        "crash = ConnectionTestCrashed(type(error).__name__)",
        "raise ConnectionTestCrashed(type(error).__name__) from error",
        Kind.PBX_TOKEN,
        acting.try_connections,
    ),
    "an unknown error of a reveal is told by its type": Mutant(
        "trunks.services.revealing:_read",
        'raise RevealFailed("internal", detail=type(error).__name__) from None',
        "raise",
        Kind.SIP_PASSWORD,
        acting.reveal,
    ),
    "an error report shows no field of a form": Mutant(
        "pbxdash.error_reports:NothingTypedFilter.get_post_parameters",
        "return dict.fromkeys(posted, self.cleansed_substitute)",
        "return posted",
        Kind.API_PASSWORD,
        acting.change_settings,
    ),
    "an error report shows no variable of a frame": Mutant(
        "pbxdash.error_reports:NothingTypedFilter.get_traceback_frame_variables",
        "return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()",
        "return tb_frame.f_locals.items()",
        # The password itself describes nothing; what is made of it to send is a text.
        Kind.API_DIGEST,
        acting.change_settings,
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_the_check_fails_without_this_redaction(
    check: Check, monkeypatch: pytest.MonkeyPatch, mutant: Mutant
):
    mutate(monkeypatch, mutant.place, mutant.old, mutant.new)
    report = check(first_only=True, stages=[mutant.stage])
    assert [finding.what for finding in report.findings] == [mutant.what]


@pytest.mark.parametrize("holder", [Connection, HeldPassword, Keyring])
def test_the_check_fails_when_an_object_describes_its_secret(
    check: Check, monkeypatch: pytest.MonkeyPatch, holder: type
):
    def told(self: Any) -> str:
        return repr([getattr(self, name) for name in self.__dataclass_fields__])

    monkeypatch.setattr(holder, "__repr__", told)
    report = check(first_only=True, stages=[speaking.speak])
    assert [finding.asked.format for finding in report.findings] == [holder.__name__]


@pytest.mark.parametrize(
    ("model", "column", "what"),
    [
        (Trunk, "password_fingerprint", Kind.SIP_FINGERPRINT),
        (Pbx, "secret", Kind.SEALED_SECRET),
    ],
)
def test_the_check_fails_when_the_admin_shows_a_column(
    check: Check, monkeypatch: pytest.MonkeyPatch, model: type[Model], column: str, what: Kind
):
    registered = admin.site.get_model_admin(model)
    monkeypatch.setattr(registered, "exclude", ())
    monkeypatch.setattr(registered, "readonly_fields", (column,))
    route = f"admin:trunks_{model.__name__.lower()}_change"
    # Of one route alone, since to walk all the others takes long.
    monkeypatch.setattr(walking, "VERDICTS", {route: VERDICTS[route]})
    monkeypatch.setattr(walking, "routes", lambda: {route: ()})
    found = check(first_only=True, stages=[walking.walk]).findings
    assert [(finding.asked.route, finding.what) for finding in found] == [(route, what)]


@pytest.mark.parametrize("name", ["urllib3", "django"])
def test_the_check_fails_when_these_logs_are_turned_up(
    check: Check, monkeypatch: pytest.MonkeyPatch, name: str
):
    loggers: Any = settings.LOGGING["loggers"]
    monkeypatch.setitem(loggers[name], "level", "DEBUG")
    report = check(first_only=True, stages=[speaking.speak])
    assert [finding.place for finding in report.findings] == ["log settings"]
