"""Search lines as long as they may be: clicked together from long slugs, or made to ask for very much at once."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.builders import make_binding, make_pbx, make_trunk
from tests.views.pages import names_in
from trunks.search.language import LONGEST_QUESTION

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SIGNS = [chr(0x4E00 + number) for number in range(LONGEST_QUESTION)]
NUMBERS = [str(number) for number in range(100, 100 + LONGEST_QUESTION)]
HEAVY = {
    "words": " ".join(SIGNS),
    "alternatives": ",".join(SIGNS),
    "words left out": " ".join(f"-{sign}" for sign in SIGNS),
    "patterns": " ".join(f"*{sign}*" for sign in SIGNS),
    "alternative patterns": ",".join(f"*{sign}" for sign in SIGNS),
    "numbers": " ".join(NUMBERS),
    "alternative numbers": ",".join(NUMBERS),
    "numbers left out": f"-number:{','.join(NUMBERS)}",
    "extensions": f"ext:{','.join(NUMBERS)}",
    "PBXs": f"pbx:={','.join(SIGNS)}",
}


@pytest.mark.parametrize("name", ["trunks", "dods", "pbxs", "search"])
@pytest.mark.parametrize("line", HEAVY.values(), ids=HEAVY)
def test_a_line_that_asks_for_very_much_is_answered(viewer_client, name: str, line: str):
    make_binding(make_trunk(make_pbx("Leeds"), "SIP-A"))

    answer = viewer_client.get(reverse(name), {"q": line[:LONGEST_QUESTION]})
    assert answer.status_code == 200


def test_several_pbxs_with_long_names_fit_into_one_line(viewer_client):
    pbxs = [
        make_pbx(f"{city}-{'x' * 45}"[:50]) for city in ("Leeds", "York", "Oslo", "Bonn", "Kiel")
    ]
    for pbx in pbxs:
        make_trunk(pbx, pbx.name)
    line = f"pbx:={','.join(pbx.slug for pbx in pbxs)}"
    answer = viewer_client.get(reverse("trunks"), {"q": line})

    assert len(line) > 200
    assert sorted(names_in(answer)) == sorted(pbx.name for pbx in pbxs)
    assert "The search is long" not in answer.content.decode()


def test_both_lines_of_a_page_take_as_much_as_is_read(viewer_client):
    make_trunk(make_pbx())
    page = viewer_client.get(reverse("trunks")).content.decode()

    lines = re.findall(r'<input[^>]* name="q"[^>]*>', page)
    assert [f'maxlength="{LONGEST_QUESTION}"' in line for line in lines] == [True, True]
