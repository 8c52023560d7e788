"""JSON: one object with what the export is about, its rows one a line, and at the end how many there were."""

from __future__ import annotations

import json
from collections.abc import Iterator

from trunks.services.export.about import Export
from trunks.services.export.fields import Gap, Row, moment, record


def json_chunks(export: Export[Row]) -> Iterator[bytes]:
    """Write the object, a batch of rows at a time.

    In a row null is what was not reported, and what does not apply to it is left out.
    """
    text = f'{{"about": {_text(_about(export))},\n"rows": ['
    count = 0
    for rows in export.batches:
        for row in rows:
            text += f"{',' if count else ''}\n{_text(record(export.fields, row))}"
            count += 1
        yield text.encode()
        text = ""
    yield f'{text}\n],\n"row_count": {count}}}\n'.encode()


def json_ending(sentence: str) -> bytes:
    """Return the end of a file that broke off, which no parser takes for a whole one."""
    return f"\n{sentence}".encode()


def _about(export: Export[Row]) -> dict[str, object]:
    return {
        "list": export.exported.name,
        "exported_by": export.by,
        "exported_at": moment(export.at),
        "query": export.asked.text,
        "address": export.asked.address,
        "notes": export.asked.notes,
        "fields": [field.header for field in export.fields],
        "pbxs": [
            {
                "pbx": pbx.slug,
                "pbx_name": pbx.name,
                "as_of": None if isinstance(pbx.as_of, Gap) else pbx.as_of,
                "state": pbx.state.value,
            }
            for pbx in export.pbxs
        ],
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
