"""Every named address of the site, and with which values it is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from trunks.leakcheck.scene import Scene
from trunks.models import AuditEntry, ConnectionTest, FetchRun, SavedView, Share, Trunk

LISTS = ("trunks", "dods", "pbxs")
Values = dict[str, Any]


def routes() -> dict[str, tuple[str, ...]]:
    """Return every route by its name, with the names of its parameters."""
    return {
        name: tuple(sorted(pattern.pattern.regex.groupindex))
        for name, pattern in _walk(get_resolver())
        if pattern.name
    }


def addresses(route: str, scene: Scene) -> Iterator[str]:
    """Yield the addresses that a route is asked at."""
    names = routes()[route]
    choices = [_values(route, name, scene) for name in names]
    for values in product(*choices):
        yield reverse(route, kwargs=dict(zip(names, values, strict=True))) + _query(route, scene)


def _walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern, namespace)
        else:
            yield f"{prefix}{pattern.name}", pattern


def _values(route: str, name: str, scene: Scene) -> list[object]:
    """Return what a parameter stands for, several where the pages differ."""
    if route.startswith("saved-view"):
        return [SavedView.objects.values_list("slug", flat=True)[0]]
    if route.startswith("admin:auth_user_"):
        return [scene.person("viewer").pk]
    if name == "object_id":
        return [_row(route)]
    values: dict[str, Callable[[], Iterable[object]]] = {
        "slug": lambda: [scene.pbx.slug],
        "remote_id": lambda: _remote_ids(route, scene),
        "number": lambda: ["1000"] if route == "extension" else ["5503301"],
        "name": lambda: LISTS,
        "extension": lambda: ["csv", "json"] + (["xlsx"] if route == "export" else []),
        "run_id": lambda: [FetchRun.objects.latest("pk").pk],
        "test_id": lambda: [ConnectionTest.objects.latest("pk").pk],
        "app_label": lambda: ["trunks", "auth"],
        "content_type_id": lambda: [_content_type().pk],
        "sequence": lambda: [AuditEntry.objects.latest("sequence").sequence],
        "share_id": lambda: [Share.objects.latest("pk").pk],
        "maker_id": lambda: [Share.objects.latest("pk").made_by_id],
        "token": lambda: scene.share_tokens,
        "pk": lambda: ["1"],
        "url": lambda: ["nothing/here"],
    }
    return list(values[name]())


def _remote_ids(route: str, scene: Scene) -> list[str]:
    """Return the trunks with a password for their pages, one for what only asks about it."""
    trunks = Trunk.objects.filter(pbx=scene.pbx).exclude(password_fingerprint=None).order_by("pk")
    ids = list(trunks.values_list("remote_id", flat=True))
    return ids if route == "trunk" else ids[:1]


def _content_type() -> ContentType:
    return ContentType.objects.get(app_label="trunks", model="pbx")


def _row(route: str) -> object:
    """Return the key of a row that a page of the admin shows."""
    if not route.startswith("admin:") or route == "admin:view_on_site":
        return "1"
    label, model_name = route.removeprefix("admin:").split("_")[:2]
    model: type[Model] = apps.get_model(label, model_name)
    row = model._default_manager.order_by("pk").first()  # noqa: SLF001 - documented
    return row.pk if row else "1"


def _query(route: str, scene: Scene) -> str:
    """Return a question that makes a page show all it can."""
    fetches = "&".join(f"id={pk}" for pk in scene.pbx.fetches.values_list("pk", flat=True)[:5])
    run = FetchRun.objects.order_by("-pk").values_list("pk", flat=True).first()
    queries = {
        "report": f"?pbx={scene.pbx.slug}",
        "evidence": f"?pbx={scene.pbx.slug}",
        "search": "?q=sip",
        "number": "",
        "fetches": f"?{fetches}",
        "runs-live": f"?id={run}",
        "search-completions": "?list=trunks&q=host:s&caret=6",
    }
    return queries.get(route, "")
