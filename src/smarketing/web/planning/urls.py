from __future__ import annotations

from django.urls import path

from smarketing.web.planning import views

urlpatterns = [
    path("plan", views.plan, name="plan"),
    path("plan/figure", views.figure, name="plan_figure"),
    path("plan/edit", views.edit, name="plan_edit"),
    path("plan/check", views.check, name="plan_check"),
    path("plan/confirm", views.confirm, name="plan_confirm"),
]
