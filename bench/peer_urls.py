"""The addresses of the site, and an admin of the benchmark's own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from trunks.models import DodBinding


class DodBindingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's own has no arguments
    """Searched in the fields that our list is searched in, and nothing taken away from what is shipped."""

    list_display = ("number", "name", "target_kind", "target", "trunk", "pbx", "issue")
    list_select_related = ("trunk__pbx",)
    list_per_page = 50
    search_fields = ("number", "name", "target", "trunk__name", "trunk__host", "trunk__pbx__name")

    @admin.display(description="PBX")
    def pbx(self, binding: DodBinding) -> str:
        """Say where the trunk is."""
        return str(binding.trunk.pbx)


peer = admin.AdminSite("peer")
peer.register(DodBinding, DodBindingAdmin)

urlpatterns = [path("peer/", peer.urls), path("", include("pbxdash.urls"))]
