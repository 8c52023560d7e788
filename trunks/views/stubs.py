"""Stands where pages are still to come, so that links resolve."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def stub(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return render(request, "base.html")
