"""Reports of errors, by mail or as a debug page: where something broke, and nothing of what was typed or read."""

from __future__ import annotations

import re
from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from pbxdash.log_lines import without_tokens


class Reporter(ExceptionReporter):
    """A report that nobody can open a shared link by: the address of a request is in many places of it."""

    def get_traceback_html(self) -> SafeString:
        """Return the page, without tokens."""
        return SafeString(without_tokens(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        """Return the text, without tokens."""
        return SafeString(without_tokens(super().get_traceback_text()))


class NothingTypedFilter(SafeExceptionReporterFilter):
    """Leave out what forms and frames held, also with PBXDASH_DEBUG and whatever decorators a view forgot.

    A form may hold a password, and the frames of a call the answer of a PBX with all of its SIP passwords.
    """

    # The environment of a development server stands in the request, with the address of the database.
    hidden_settings = re.compile(
        SafeExceptionReporterFilter.hidden_settings.pattern + "|DATABASE_URL", flags=re.IGNORECASE
    )

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        """Return the names of the fields."""
        posted = QueryDict() if request is None else request.POST
        return dict.fromkeys(posted, self.cleansed_substitute)

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        """Return the names of the variables."""
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
