from __future__ import annotations

from django.urls import path

from smarketing.web.reports import asked, customers, guidance, opening, response, telling, views
from smarketing.web.reports.reconciling import views as reconciling

urlpatterns = [
    path("", views.cockpit, name="cockpit"),
    path("diagnosis", guidance.diagnosis, name="diagnosis"),
    path("questions/note", asked.note, name="note_question"),
    path("focus", guidance.focus, name="focus"),
    path("analytics", views.analytics, name="analytics"),
    path("funnel", views.funnel, name="funnel"),
    path("qualification", views.qualification, name="qualification"),
    path("response", response.response, name="response"),
    path("customers", customers.customers, name="customers"),
    path("reconciliation", reconciling.reconciliation, name="reconciliation"),
    path("reconciliation/pair", reconciling.campaign_pair, name="campaign_pair"),
    path("metrics", views.metrics, name="metrics"),
    path("records", opening.records, name="records"),
    path("how/<slug:page>", telling.how, name="how"),
]
