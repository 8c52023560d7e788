"""The field for texts that are sealed under the data keys, each for its own row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models


class SealedTextField(models.TextField[str, str]):
    """A sealed text; every field of this kind is found by `rotate_keys` and by the checks at start."""

    def context_of(self, pk: object) -> str:
        """Return the place that the text of a row is sealed for."""
        return f"{self.model._meta.db_table}.{self.column}:{pk}"  # noqa: SLF001  documented

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """To the database it is a text, so migrations need not know of it."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
