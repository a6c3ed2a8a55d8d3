"""What does a load from the browser leave in the audit log? A line for each plan it made a new version of."""

from __future__ import annotations

from django.db import close_old_connections

from smarketing.analyses.planning.record import Origin
from smarketing.facts.period import Month
from smarketing.jobs.uploading import LoadJob
from smarketing.web.accounts.models import User
from smarketing.web.planning.actions import note_saved


def note_load(job: LoadJob) -> None:
    """Write down the new versions of plans, as a plan saved on its page is; a worker's thread calls this."""
    if not job.plans:
        return
    user = User.objects.filter(username=job.who).first() if job.who else None
    note_saved(user, {Month.parse(month): number for month, number in job.plans.items()}, origin=Origin.FILE)
    close_old_connections()
