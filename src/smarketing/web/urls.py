from __future__ import annotations

from django.urls import include, path

from smarketing.web import views

urlpatterns = [
    path("", include("smarketing.web.accounts.urls")),
    path("", include("smarketing.web.reports.urls")),
    path("", include("smarketing.web.planning.urls")),
    path("", include("smarketing.web.connections.urls")),
    path("", include("smarketing.web.company.urls")),
    path("health", views.health, name="health"),
]

handler403 = "smarketing.web.views.forbidden"
handler404 = "smarketing.web.views.not_found"
handler500 = "smarketing.web.views.failed"
handler400 = "smarketing.web.views.refused"
