"""The Chinese interface is whole, and what is compiled is what was written."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"
COMPILED = SOURCE.with_suffix(".mo")
# %(name)s as gettext has it, {name} as str.format has it, and the tags that a sentence carries.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|{\w+}|</?\w+>")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    name + lazy: places
    for name, places in {
        "_": None,
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for lazy in ("", "_lazy")
}


def texts_in_the_code() -> Iterator[tuple[str, str]]:
    """Yield every text that is marked for translation, with the file it stands in."""
    root = Path(settings.BASE_DIR)
    for path in [*root.glob("templates/**/*.html"), *root.glob("[pt]*/**/*.py")]:
        if path.is_relative_to(root / "tests"):
            continue
        code = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            code = templatize(code)
        for _line, found, _comments, _context in extract(
            "python", io.BytesIO(code.encode()), KEYWORDS
        ):
            yield forms_of(found)[0], str(path.relative_to(root))


def entries_of(catalog: Catalog) -> dict[tuple[str, ...], list[str]]:
    """Return every translation by its context and the forms of its sentence."""
    return {
        (context_of(message), *forms_of(message.id)): forms_of(message.string)
        for message in catalog
        if message.id
    }


def context_of(message: Message) -> str:
    """Return the context; Babel leaves it as bytes where it reads compiled ones."""
    context: object = message.context
    return context.decode() if isinstance(context, bytes) else str(context or "")


def forms_of(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """Return the forms of one entry, of which a plain one has one."""
    return [text] if isinstance(text, str) else list(text or [""])


@pytest.fixture(scope="module")
def source() -> Catalog:
    """The catalogue as translators write it."""
    with SOURCE.open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


@pytest.fixture(scope="module")
def messages(source: Catalog) -> list[Message]:
    """Its entries without the header."""
    return [message for message in source if message.id]


def test_every_sentence_is_translated(messages):
    assert messages
    assert [m.id for m in messages if not all(forms_of(m.string))] == []


def test_catalogue_holds_the_texts_of_the_code_and_no_others(messages):
    """`make messages` brings them in line."""
    known = {forms_of(m.id)[0] for m in messages}
    texts = dict(texts_in_the_code())
    assert {text: path for text, path in texts.items() if text not in known} == {}
    assert known - texts.keys() == set()


def test_no_translation_is_a_guess_of_the_tools(source):
    assert [m.id for m in source if m.fuzzy] == []


def test_no_translation_is_left_over_from_a_sentence_that_went(source):
    assert not source.obsolete


def test_every_translation_has_the_placeholders_of_its_sentence(messages):
    wrong = [
        m.id
        for m in messages
        for form in forms_of(m.string)
        if sorted(PLACEHOLDER.findall(form)) != sorted(PLACEHOLDER.findall(forms_of(m.id)[-1]))
    ]
    assert wrong == []


def test_no_per_cent_sign_stands_alone_where_placeholders_are_filled_in(messages):
    formatted = [m for m in messages if m.python_format]
    assert formatted
    assert [m.id for m in formatted if "%" in PLACEHOLDER.sub("", forms_of(m.string)[0])] == []


def test_sentences_end_with_the_punctuation_of_chinese(messages):
    """A full stop of a sentence must not be lost, nor stay a Latin one."""
    wrong = [
        m.id
        for m in messages
        if forms_of(m.id)[0].endswith(".") != forms_of(m.string)[0].endswith("。")
    ]
    assert wrong == []


def test_compiled_catalogue_holds_what_the_source_says(source):
    with COMPILED.open("rb") as file:
        compiled = read_mo(file)
    assert entries_of(compiled) == entries_of(source)


def test_catalogue_has_one_form_for_every_number(source):
    assert source.num_plurals == 1
