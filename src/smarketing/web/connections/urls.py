from __future__ import annotations

from django.urls import path

from smarketing.web.connections import aside, duplicates, following, grants, hooks, systems, views, writing

urlpatterns = [
    path("data", views.data, name="data"),
    path("data/upload", views.upload, name="upload"),
    path("data/upload/<str:token>", views.check, name="check"),
    path("data/upload/<str:token>/load", views.take, name="take"),
    path("data/upload/<str:token>/loading", views.loading, name="loading"),
    path("data/quarantine", aside.quarantined, name="quarantine"),
    path("data/quarantine/<str:row_id>", views.quarantined_row, name="quarantined_row"),
    path("duplicates", duplicates.duplicates, name="duplicates"),
    path("duplicates/word", duplicates.word, name="same_word"),
    path("data/following", following.following, name="following"),
    path("data/following/again", following.follow_again, name="follow_again"),
    path("data/mappings/<slug:name>", views.mapping, name="mapping"),
    path("connections", systems.systems, name="connections"),
    path("connections/new/<slug:kind>", systems.system_new, name="system_new"),
    path("connections/access/back", grants.grant_back, name="grant_back"),
    path("connections/<slug:key>", systems.system, name="system"),
    path("connections/<slug:key>/access", grants.grant, name="system_grant"),
    path("connections/<slug:key>/settings", systems.system_edit, name="system_edit"),
    path("connections/<slug:key>/check", systems.system_check, name="system_check"),
    path("connections/<slug:key>/run", systems.system_run, name="system_run"),
    path("connections/<slug:key>/pause", systems.system_pause, name="system_pause"),
    path("connections/<slug:key>/resume", systems.system_resume, name="system_resume"),
    path("connections/<slug:key>/writing", writing.writing_switch, name="writing_switch"),
    path("connections/<slug:key>/writing/dry", writing.writing_dry, name="writing_dry"),
    path("connections/<slug:key>/remove", systems.system_remove, name="system_remove"),
    path("hooks/<slug:key>", hooks.hook, name="hook"),
]
