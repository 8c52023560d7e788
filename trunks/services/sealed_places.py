"""Where sealed texts rest: all that a new key must reach. tests/meta keeps this list whole.

What a page carries for a quarter of an hour (`held_passwords`) rests nowhere, so it is not here.
"""

from __future__ import annotations

import base64
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.cache import cache
from django.db.models import Model, QuerySet
from django_tasks_db.models import DBTaskResult

from trunks.models import CacheRow, SealedTextField
from trunks.services.logouts import SEALED_FOR_LOGOUT, run_logout
from trunks.services.second_factors import KEPT_AS, SEALED_FOR_SECOND_FACTOR
from trunks.services.tokens import TOKEN_PREFIX

# So many are committed together when they are sealed anew.
BATCH = 100


@dataclass(frozen=True, slots=True)
class SealedText:
    """A sealed text where it rests: its row, and what it was sealed for."""

    row: Any
    text: str
    context: str
    # As the database has it, to change it only where it is still so.
    stored: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedPlace:
    """A column that holds sealed texts."""

    name: str
    rows: Callable[[], QuerySet[Any]]
    column: str
    context: Callable[[Any], str]
    text_in: Callable[[Any], str] = str
    with_text: Callable[[Any, str], Any] = lambda stored, text: text
    # Nobody misses what is in it, so rows that no key opens any more are deleted.
    is_passing: bool = False

    def batch(self, *, after: object, limit: int) -> list[SealedText]:
        """Return the next texts in the order of their rows; None is before the first one."""
        rows = self.rows() if after is None else self.rows().filter(pk__gt=after)
        stored = rows.order_by("pk").values_list("pk", self.column)[:limit]
        return [
            SealedText(row, self.text_in(value), self.context(row), value) for row, value in stored
        ]

    def batches(self) -> Iterator[list[SealedText]]:
        """Go through all texts; what is written meanwhile is seen or not, and no text is seen twice."""
        after: object = None
        while batch := self.batch(after=after, limit=BATCH):
            yield batch
            after = batch[-1].row

    def replace(self, old: SealedText, text: str) -> bool:
        """Write another text in place of one; False when that is not there any more."""
        changed = self._still(old).update(**{self.column: self.with_text(old.stored, text)})
        return bool(changed)

    def throw_away(self, old: SealedText) -> None:
        """Delete the row of a text, if it still has it."""
        self._still(old).delete()

    def _still(self, old: SealedText) -> QuerySet[Any]:
        return self.rows().filter(pk=old.row, **{self.column: old.stored})


def sealed_places() -> Iterator[SealedPlace]:
    """Go through every place; fields are found by their kind, the others are named here."""
    for model in apps.get_models():
        for model_field in model._meta.get_fields():  # noqa: SLF001  documented
            if isinstance(model_field, SealedTextField):
                yield _column(model, model_field)
    for kind, key in KEPT_AS.items():
        yield _second_factors(kind, key)
    yield SealedPlace(
        "log-outs that wait for a worker, or are done",
        lambda: DBTaskResult.objects.filter(task_path=run_logout.module_path),
        "args_kwargs",
        context=lambda row: SEALED_FOR_LOGOUT,
        text_in=lambda stored: str(stored["args"][0]),
        with_text=lambda stored, text: {**stored, "args": [text]},
        is_passing=True,
    )
    yield SealedPlace(
        "kept tokens of PBXs",
        lambda: CacheRow.objects.filter(cache_key__startswith=cache.make_key(TOKEN_PREFIX)),
        "value",
        context=lambda row: str(row)[len(cache.make_key("")) :],
        text_in=_unpacked,
        with_text=lambda stored, text: _packed(text),
        is_passing=True,
    )


def _second_factors(kind: str, key: str) -> SealedPlace:
    return SealedPlace(
        f"second factors: {kind}",
        lambda: Authenticator.objects.filter(type=kind),
        "data",
        context=lambda row: SEALED_FOR_SECOND_FACTOR,
        text_in=lambda stored: str(stored[key]),
        with_text=lambda stored, text: {**stored, key: text},
    )


def _column(model: type[Model], model_field: SealedTextField) -> SealedPlace:
    name = model_field.name
    return SealedPlace(
        f"{model._meta.db_table}.{model_field.column}",  # noqa: SLF001  documented
        lambda: model._default_manager.exclude(**{name: ""}),  # noqa: SLF001  documented
        name,
        context=model_field.context_of,
    )


def _unpacked(value: str) -> str:
    """Return what Django's cache keeps in a row; anything but a text is not ours, and no text."""
    kept = pickle.loads(base64.b64decode(value))  # noqa: S301 - written by Django, as it reads it
    return kept if isinstance(kept, str) else ""


def _packed(text: str) -> str:
    return base64.b64encode(pickle.dumps(text, pickle.HIGHEST_PROTOCOL)).decode()
