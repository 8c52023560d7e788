"""The index is in step with the rows, whatever was written, and says when it is not."""

from __future__ import annotations

import random

import pytest
from django.core.management import call_command
from django.db import connection

from tests.builders import make_binding, make_pbx, make_trunk
from trunks.checks import check_search
from trunks.models import DodBinding, SearchIndex
from trunks.search.clues import clue_of
from trunks.search.grams import grams_of_word
from trunks.search.index import BINDING_GRAMS, TRUNK_GRAMS, binding_entries, index
from trunks.search.language import read_question
from trunks.search.matching import matching_bindings
from trunks.search.sections import BindingTexts
from trunks.services.pbxs import pbx_delete

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def entries(table: str) -> list[tuple[int, str]]:
    """Return all that an index holds, as far as its database tells."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608
            cursor.execute(
                f"CREATE VIRTUAL TABLE temp.told USING fts5vocab(main, {table}, instance)"
            )
            cursor.execute("SELECT doc, term FROM temp.told ORDER BY term, doc")
            rows: list[tuple[int, str]] = cursor.fetchall()
            cursor.execute("DROP TABLE temp.told")
        else:
            cursor.execute(f"SELECT id, grams::text FROM {table} ORDER BY id")  # noqa: S608
            rows = cursor.fetchall()
    return rows


def found(line: str) -> int:
    return matching_bindings(DodBinding.objects.all(), read_question(line)).count()


def test_a_deleted_pbx_leaves_nothing_in_the_index():
    kept = make_binding(make_trunk(make_pbx("Leeds"), "T"), "5503301", "front desk")
    before = entries(BINDING_GRAMS), entries(TRUNK_GRAMS)
    gone = make_trunk(make_pbx("London"), "U")
    make_binding(gone, "5503302", "back desk")
    pbx_delete(pbx=gone.pbx)
    assert (entries(BINDING_GRAMS), entries(TRUNK_GRAMS)) == before
    assert found("desk") == 1
    assert DodBinding.objects.get() == kept


def test_a_rebuilt_index_is_the_one_that_was_kept_row_by_row():
    for name in ("Leeds", "厦门"):
        make_binding(
            make_trunk(make_pbx(name), "T", kind="peer"), "5503301", name, issue="ambiguous"
        )
    before = entries(BINDING_GRAMS), entries(TRUNK_GRAMS)
    call_command("rebuild_index", verbosity=0)
    assert (entries(BINDING_GRAMS), entries(TRUNK_GRAMS)) == before


def test_what_is_written_over_a_row_again_and_again_is_what_a_new_row_would_have():
    trunk = make_trunk(make_pbx("Leeds"), "T")
    rows = [make_binding(trunk, f"550330{n}", "desk 12") for n in range(3)]
    chance = random.Random(1)  # noqa: S311
    for _ in range(40):
        before = binding_entries(rows)
        for row in chance.sample(rows, 2):
            name = "".join(chance.choices("12 .ä厦", k=chance.randrange(6)))
            row.name, row.raw = name, f"{row.number}-{name}-1000"
            row.issue = chance.choice(["none", "ambiguous"])
            row.search_text = BindingTexts(trunk).text(row)
            row.save()
        index().replace(BINDING_GRAMS, before, binding_entries(rows))
        kept = entries(BINDING_GRAMS)
        index().clear(BINDING_GRAMS)
        index().replace(BINDING_GRAMS, [], binding_entries(rows))
        assert entries(BINDING_GRAMS) == kept


def test_rows_that_come_go_and_change_together_are_written_right():
    trunk = make_trunk(make_pbx("Leeds"), "T")
    gone, changed, same = (make_binding(trunk, f"550330{n}") for n in range(3))
    before = binding_entries([same, changed, gone])
    changed.search_text = changed.search_text.replace("yeastar", "front desk")
    new = DodBinding(pk=gone.pk + 10, search_text=same.search_text, target_kind="group")
    index().replace(BINDING_GRAMS, before, binding_entries([new, changed, same]))
    kept = entries(BINDING_GRAMS)
    index().clear(BINDING_GRAMS)
    index().replace(BINDING_GRAMS, [], binding_entries([same, changed, new]))
    assert entries(BINDING_GRAMS) == kept


@pytest.mark.parametrize("word", ["", " ", "1", "12", "a.b", "厦门", "厦门12", "\ue00a", "aaaa"])
def test_a_row_has_every_piece_of_its_lines_that_a_search_for_a_word_looks_for(word):
    (entry,) = binding_entries([DodBinding(pk=1, search_text=f"\x01\n1{word}2\n{word}\n\x02")])
    asked = [grams_of_word(f"1{word}2", at_start=True), grams_of_word(word)]
    if word:
        asked.append(grams_of_word(word, at_start=True, at_end=True))
    assert entry.grams.issuperset(gram for grams in asked for gram in grams)


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("1000", "ext:=1000"),
        ("1000", "ext:=10-00"),
        ("Front Desk", 'group:="front  desk"'),
        ("Łódź 2 · 厦门", 'group:="Łódź 2 · 厦门"'),
        ("7", "ext:=7,8"),
    ],
)
def test_just_one_target_is_asked_for_by_a_piece_that_its_rows_alone_have(target, line):
    trunk = make_trunk(make_pbx("1000"), "1000")
    row = make_binding(trunk, "5503301", target=target)
    other = make_binding(trunk, "1000", "1000", f"{target}0")
    (term,) = read_question(line).terms
    clue = clue_of(term)
    (entry,), (beside,) = binding_entries([row]), binding_entries([other])
    assert any(entry.grams.issuperset(group) for group in clue)
    assert not any(beside.grams.issuperset(group) for group in clue)


def warnings() -> list[str]:
    return [str(message.id) for message in check_search(None, ["default"])]


def test_a_lost_row_of_the_index_is_noticed_and_a_rebuild_mends_it():
    trunk = make_trunk(make_pbx(), "T", id=1)
    # As many as ids were given, so that none of them is missed by chance.
    rows = [make_binding(trunk, "5503301", id=number) for number in (1, 2)]
    call_command("rebuild_index", verbosity=0)
    assert warnings() == []
    index().replace(BINDING_GRAMS, binding_entries(rows[:1]), [])
    assert warnings() == ["pbxdash.W002"]
    call_command("rebuild_index", verbosity=0)
    assert warnings() == []


def test_a_row_that_was_changed_behind_the_index_is_noticed():
    row = make_binding(make_trunk(make_pbx(), "T", id=1), "5503301", id=1)
    call_command("rebuild_index", verbosity=0)
    DodBinding.objects.filter(pk=row.pk).update(search_text=row.search_text + "\nqqq\n")
    assert warnings() == ["pbxdash.W002"]


@pytest.mark.parametrize("other", [{"trunk_kind": "peer"}, {"is_present": False}, {"pbx": 99}])
def test_a_binding_that_keeps_something_else_of_its_trunk_is_noticed_and_mended(other):
    row = make_binding(make_trunk(make_pbx(), "T", id=1, kind="account"), "5503301", id=1)
    call_command("rebuild_index", verbosity=0)
    DodBinding.objects.filter(pk=row.pk).update(**other)
    assert warnings() == ["pbxdash.W002"]
    call_command("rebuild_index", verbosity=0)
    assert warnings() == []


def test_texts_of_another_rule_are_noticed():
    call_command("rebuild_index", verbosity=0)
    SearchIndex.objects.update(rule=0)
    assert warnings() == ["pbxdash.W001"]
