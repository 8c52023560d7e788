"""What a search line that is being typed asks to be completed with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms

from trunks.models import Sight
from trunks.search.completing import Completion, Known, completions
from trunks.search.fields import Field
from trunks.search.known_values import FIELDS_OF_LISTS, known_values
from trunks.search.language import LONGEST_QUESTION

_LARGEST_ID = 2**63 - 1


class CompletionForm(forms.Form):
    """A line, the caret in it, and the list that it searches; `trunk` is the one whose bindings are listed."""

    list = forms.ChoiceField(choices=[(name, name) for name in FIELDS_OF_LISTS])
    q = forms.CharField(required=False, strip=False, max_length=LONGEST_QUESTION)
    caret = forms.IntegerField(min_value=0, max_value=LONGEST_QUESTION)
    trunk = forms.IntegerField(required=False, min_value=0, max_value=_LARGEST_ID)

    def completions(self, sight: Callable[[], Sight]) -> Sequence[Completion]:
        """Return what the word under the caret can become; `sight` is asked only where values are."""
        asked: dict[str, Any] = self.cleaned_data
        name, trunk_id = asked["list"], asked["trunk"] or 0

        def known(field: Field, typed: str) -> Iterable[Known]:
            return known_values(name, field.name, typed, sight(), trunk_id=trunk_id)

        return completions(asked["q"], asked["caret"], FIELDS_OF_LISTS[name], known)
