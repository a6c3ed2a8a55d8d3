from __future__ import annotations

from django.urls import path

from smarketing.web.connections import views

urlpatterns = [
    path("data", views.data, name="data"),
    path("data/upload", views.upload, name="upload"),
    path("data/upload/<str:token>", views.check, name="check"),
    path("data/upload/<str:token>/load", views.take, name="take"),
    path("data/quarantine", views.quarantined, name="quarantine"),
    path("data/quarantine/<str:row_id>", views.quarantined_row, name="quarantined_row"),
    path("data/mappings/<slug:name>", views.mapping, name="mapping"),
]
