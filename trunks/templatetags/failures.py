"""Failures in words, in templates."""

from __future__ import annotations

from django import template

from trunks.failures import Explanation, explain
from trunks.models import ConnectionTest, Fetch

register = template.Library()


@register.simple_tag
def failure(attempt: Fetch | ConnectionTest) -> Explanation:
    """Explain why a fetch or a connection test failed: `{% failure fetch as why %}{{ why.happened }}`."""
    return explain(attempt.reason, errno=attempt.errno, detail=attempt.detail)
