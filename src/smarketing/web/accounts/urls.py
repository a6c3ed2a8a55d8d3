from __future__ import annotations

from django.urls import path

from smarketing.web.accounts import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("appearance", views.appearance, name="appearance"),
    path("account", views.account, name="account"),
    path("people", views.people, name="people"),
    path("people/new", views.person, name="person_new"),
    path("people/<int:pk>", views.person, name="person"),
    path("audit", views.audit_log, name="audit"),
]
