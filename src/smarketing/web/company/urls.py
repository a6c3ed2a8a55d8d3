from __future__ import annotations

from django.urls import path

from smarketing.web.company import views, whole

urlpatterns = [
    path("settings", views.settings, name="settings"),
    path("settings/file", whole.settings_file, name="settings_file"),
    path("settings/file/company.toml", whole.settings_export, name="settings_export"),
    path("settings/<slug:key>", views.section, name="settings_section"),
]
