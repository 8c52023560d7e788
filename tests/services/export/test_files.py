"""The kinds of files: what programs read from them is what the database holds."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import OperationalError
from django.utils import timezone, translation
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from tests.builders import make_binding, make_pbx, make_trunk
from tests.services.export.making import (
    about_of,
    bindings,
    content_of,
    csv_rows,
    export_of,
    json_rows,
    workbook,
    xlsx_rows,
)
from trunks.models import Trunk
from trunks.models.binding_row import BindingRow
from trunks.services.export.about import Asked, Export
from trunks.services.export.csv_file import csv_chunks
from trunks.services.export.lists import DODS
from trunks.services.export.xlsx_file import xlsx_file

NUMBERS = [
    "5503301",
    "0044207946",
    "+442079460018",
    "+44 (20) 7946-0018",
    "007",
    "-5",
    "1e5",
    "1.0",
]
NASTY = ["=1+1", '=HYPERLINK("http://x.example")', "@x", "\t=1", "http://x.example/", "{=A1}", "12"]
READERS = {"csv": csv_rows, "xlsx": xlsx_rows, "json": json_rows}


@pytest.fixture
def trunk(db: None) -> Trunk:
    return make_trunk(make_pbx("Leeds", slug="leeds"), "SIP-A")


@pytest.mark.parametrize("extension", READERS)
def test_every_number_is_identical_to_the_database(trunk, extension):
    for number in NUMBERS:
        make_binding(trunk, number, '总机, "desk"', "0100")
    rows = READERS[extension](content_of(export_of(bindings(), extension)))
    assert [row["number"] for row in rows] == NUMBERS
    assert {(row["name"], row["target"]) for row in rows} == {('总机, "desk"', "0100")}


def test_every_cell_of_a_sheet_is_text_that_excel_leaves_alone(trunk):
    for name in NASTY:
        make_binding(trunk, name=name)
    content = content_of(export_of(bindings(), "xlsx"))
    sheet = workbook(content)["dods"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {
        "s",
        "inlineStr",
    }
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    assert [row["name"] for row in xlsx_rows(content)] == NASTY
    assert not re.search(rb"<f>|<hyperlink", parts_of(content))


def parts_of(content: bytes) -> bytes:
    """Return all sheets as they are inside the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if "worksheets/" in name)


def test_a_text_that_looks_like_markup_of_a_sheet_writes_no_cell(trunk):
    evil = '<r></r></is></c><c r="Z9"><f>1+1</f></c><c><is><r><t>x</t></r>'
    make_binding(trunk, name=evil)
    content = content_of(export_of(bindings(), "xlsx"))
    assert xlsx_rows(content)[0]["name"] == evil
    assert b"<f>" not in parts_of(content)


def test_neither_does_a_question_or_the_name_of_a_pbx(db):
    evil = '<r></is></c><c r="Z9"><f>1+1</f></c></r>'
    make_pbx(evil, slug="evil")
    content = content_of(export_of([], "xlsx", question=evil))
    assert [line[:2] for line in about_of(content) if evil in line] == [
        ["Search", evil],
        [evil, "evil"],
    ]
    assert b"<f>" not in parts_of(content)


def test_csv_makes_formulas_harmless(trunk):
    make_binding(trunk, "+44 20", "=1+1")
    (row,) = csv_rows(content_of(export_of(bindings(), "csv")))
    assert (row["number"], row["name"]) == ("+44 20", "'=1+1")


def test_json_leaves_formulas_as_they_are(trunk):
    make_binding(trunk, name="=1+1")
    assert json_rows(content_of(export_of(bindings(), "json")))[0]["name"] == "=1+1"


def unsaved(name: str) -> BindingRow:
    """Return a binding that no database had to take."""
    of_trunk = (1, "SIP", "1", timezone.now(), 1, "hq", "HQ", "")
    return BindingRow(1, "extension", name, name, "", name, "", *of_trunk)


def export_without_database(names: list[str]) -> Export[BindingRow]:
    return Export(
        exported=DODS,
        fields=DODS.fields([]),
        batches=iter([[unsaved(name) for name in names]]),
        asked=Asked("", "https://pbx.example/dods/"),
        by="vic",
        at=timezone.now(),
        pbxs=(),
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=30)
@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(["<r>", "<r></r>", "_x0041_", "a\0b", "\r\n", "\ufffe", " a ", "<r><t>&</t></r>"])
def test_a_sheet_holds_every_text_to_the_letter(names):
    with xlsx_file(export_without_database(names)) as file:
        sheet = workbook(file.read())["dods"]
    found = [str(sheet.cell(row, 3).value or "") for row in range(2, len(names) + 2)]
    # XML can hold neither of the two. The escapes of others are undone by Excel, and by openpyxl when asked.
    expected = [name.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for name in names]
    assert [unescape(text) for text in found] == expected


def test_a_text_too_long_for_a_cell_says_that_it_was_cut():
    with xlsx_file(export_without_database(["总" * 40_000, "𝄞" * 16_001])) as file:
        sheet = workbook(file.read())["dods"]
    assert str(sheet["C2"].value).startswith("总" * 32_000 + " … cut here")
    assert "all 40000 characters" in str(sheet["C2"].value)
    assert str(sheet["C3"].value).startswith("𝄞" * 16_000 + " … cut here")


def test_more_rows_than_a_sheet_holds_go_on_in_the_next():
    with xlsx_file(export_without_database(list("abcde")), rows_of_a_sheet=3) as file:
        content = file.read()
    book = workbook(content)
    assert book.sheetnames == ["dods", "About", "dods 2", "dods 3"]
    assert [
        row["raw"] for name in ("dods", "dods 2", "dods 3") for row in xlsx_rows(content, name)
    ] == list("abcde")
    assert book["dods 3"].auto_filter.ref == "A1:C2"


def test_a_sheet_has_a_frozen_header_and_filters(trunk):
    make_binding(trunk)
    sheet = workbook(content_of(export_of(bindings(), "xlsx")))["dods"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:L2"


def test_the_sheet_about_tells_who_exported_what_and_how_old_it_was(trunk):
    make_pbx("Never", observed_at=None)
    make_binding(trunk, name="=1+1")
    make_binding(trunk)
    file = export_of(bindings(), "xlsx", question="=1+1", notes=("“x:” was not searched",))
    lines = about_of(content_of(file))
    moment = lines[2][1]
    assert datetime.fromisoformat(str(moment)).tzinfo is not None
    assert lines == [
        ["List", "dods"],
        ["Exported by", "vic"],
        ["Exported at", moment],
        ["Search", "=1+1"],
        ["Address of the list", "https://pbx.example/dods/"],
        ["Not followed", "“x:” was not searched"],
        ["Rows", 2],
        [],
        ["PBX", "Name in addresses", "Data from", "State", "Rows in this file"],
        ["Leeds", "leeds", lines[9][2], "Up to date", 2],
        ["Never", "never", "never fetched", "Never fetched", 0],
    ]


def test_json_tells_the_same_in_codes(trunk):
    make_pbx("Never", observed_at=None)
    make_binding(trunk)
    whole = json.loads(content_of(export_of(bindings(), "json", question="55", keys=["number"])))
    assert whole["row_count"] == 1
    about = whole["about"]
    assert (about["list"], about["exported_by"], about["query"]) == ("dods", "vic", "55")
    assert about["fields"] == ["number", "pbx", "as_of", "raw"] == list(whole["rows"][0])
    never = {"pbx": "never", "pbx_name": "Never", "as_of": None, "state": "never"}
    assert about["pbxs"][1] == never


@pytest.mark.parametrize("extension", READERS)
def test_an_empty_file_has_the_headers_and_is_named_so(db, extension):
    file = export_of([], extension)
    assert re.fullmatch(rf"pbxdash-dods-\d{{4}}-\d\d-\d\d-\d{{4}}-empty\.{extension}", file.name)
    assert READERS[extension](content_of(file)) == []


def test_an_empty_csv_is_its_headers_and_nothing_that_a_parser_would_take_for_a_row(db):
    content = content_of(export_of([], "csv", keys=["number"]))
    assert content == "\ufeffnumber,pbx,as_of,raw\r\n".encode()


def test_an_empty_workbook_says_that_nothing_matched(db):
    assert ["Rows", "0: nothing matched when this was exported"] in about_of(
        content_of(export_of([], "xlsx"))
    )


def test_an_empty_json_counts_no_row(db):
    assert json.loads(content_of(export_of([], "json")))["row_count"] == 0


def breaking(trunk: Trunk) -> Iterator[list[BindingRow]]:
    make_binding(trunk)
    yield bindings()
    raise OperationalError("the server closed the connection")


def test_a_csv_that_broke_off_is_taken_for_a_whole_one_by_nobody(trunk):
    chunks = export_of(breaking(trunk), "csv").chunks
    got = next(chunks) + next(chunks)
    with pytest.raises(OperationalError):
        next(chunks)
    assert got.decode().splitlines()[-1].startswith('"THIS FILE IS NOT COMPLETE')
    with pytest.raises(csv.Error):
        csv_rows(got)


def test_a_json_that_broke_off_cannot_be_parsed(trunk):
    chunks = export_of(breaking(trunk), "json").chunks
    got = next(chunks) + next(chunks)
    with pytest.raises(OperationalError):
        next(chunks)
    assert "THIS FILE IS NOT COMPLETE" in got.decode()
    with pytest.raises(json.JSONDecodeError):
        json.loads(got)


def test_a_workbook_that_breaks_off_is_not_handed_over(trunk):
    with pytest.raises(OperationalError):
        export_of(breaking(trunk), "xlsx")


def test_it_is_said_in_the_language_of_the_person_who_asked(trunk):
    with translation.override("de"):
        file = export_of(breaking(trunk), "csv")
    with translation.override("zh-hans"):
        assert b"THIS FILE IS NOT COMPLETE" in next(file.chunks) + next(file.chunks)


@pytest.mark.parametrize("extension", ["csv", "json"])
def test_rows_are_read_only_as_they_are_sent(trunk, extension):
    read = []

    def batches() -> Iterator[list[BindingRow]]:
        for number in range(1_000):
            read.append(number)
            make_binding(trunk)
            yield bindings() if number < 3 else []

    chunks = export_of(batches(), extension).chunks
    assert read == [0]
    next(chunks)
    assert len(read) == 1
    next(chunks)
    assert len(read) == 2


def test_many_batches_take_no_more_memory_than_few():
    peaks = []
    for count in (10, 300):
        row = unsaved("5503301")
        export = replace(export_without_database([]), batches=iter([[row] * 20] * count))
        tracemalloc.start()
        for _ in csv_chunks(export):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
