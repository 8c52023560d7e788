"""A secret is found however it is written, and in whatever it is packed."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import pickle
from io import BytesIO
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core import signing

from trunks.leakcheck.markers import Kind, Markers
from trunks.leakcheck.report import Report

FORMS = {
    "plain": lambda text: text.encode(),
    "in an address": lambda text: quote(text).encode(),
    "in a page": lambda text: html.escape(text).encode(),
    "in JSON": lambda text: json.dumps({"a": [text]}).encode(),
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text)).encode(),
    "in the form of Python": lambda text: repr({"a": text}).encode(),
    "in hexadecimal": lambda text: text.encode().hex().encode(),
    "cut off": lambda text: text[:20].encode(),
    "pickled": lambda text: pickle.dumps(text),
    "in base64": lambda text: base64.b64encode(text.encode()),
    "in base64 behind one letter": lambda text: base64.b64encode(f"x{text}yz".encode()),
    "in base64 behind two letters": lambda text: base64.b64encode(f"xx{text}yz".encode()),
    "in base64 of addresses": lambda text: base64.urlsafe_b64encode(f"?>{text}".encode()),
    "as a digest": lambda text: hashlib.sha256(text.encode()).hexdigest().encode(),
    "in a compressed cookie": lambda text: signing.dumps([text] * 9, compress=True).encode(),
    "in an archive": lambda text: zipped({"a/b.xml": text.encode()}),
    "in an archive in an archive": lambda text: zipped({"x.xlsx": zipped({"b": text.encode()})}),
}


def zipped(files: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_found_in_this_form(form):
    report = Report(Markers())
    secret = report.markers.add_made_up(Kind.SIP_PASSWORD)
    assert report.look("answers", form(secret)) == {Kind.SIP_PASSWORD}


def test_a_key_is_found_also_as_its_raw_bytes():
    report = Report(Markers())
    key = bytes(range(200, 232))
    report.markers.add(Kind.SETTINGS_KEY, key)
    assert report.look("files", b"\0\1" + key) == {Kind.SETTINGS_KEY}
    assert report.look("logs", base64.b64encode(key)) == {Kind.SETTINGS_KEY}


def test_what_may_be_there_is_no_finding():
    report = Report(Markers())
    secret = report.markers.add_made_up(Kind.SIP_PASSWORD)
    assert report.look("answers", secret, allowed={Kind.SIP_PASSWORD}) == {Kind.SIP_PASSWORD}
    assert not report.findings


def test_a_stand_in_that_tells_the_secret_is_none():
    markers = Markers()
    secret = markers.add_made_up(Kind.SIP_PASSWORD)
    plain = hashlib.sha256(secret.encode()).hexdigest()
    markers.add_stand_in(Kind.SIP_FINGERPRINT, plain)
    assert markers.kinds_in(plain.encode()) == {Kind.SIP_PASSWORD}


def test_a_secret_that_comes_to_be_known_later_is_found_in_the_same_text_too():
    report = Report(Markers())
    report.look("answers", "token=0123456789abcdef")
    report.markers.add(Kind.PBX_TOKEN, "0123456789abcdef")
    assert report.look("answers", "token=0123456789abcdef") == {Kind.PBX_TOKEN}
