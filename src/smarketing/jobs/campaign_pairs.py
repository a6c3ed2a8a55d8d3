"""How does what a person says of two campaign names become part of every figure, and how is it taken back?

The word is kept in the company's settings at once; the derived tables are then built by it
(:mod:`smarketing.jobs.deciding`), so that economics, verdict and reconciliation change in the same way. The facts
themselves keep the names as they were written.
"""

from __future__ import annotations

from datetime import date

from smarketing.facts.company import CampaignPair
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.jobs.vault import alone
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import Change


def say_pair(
    workspace: Workspace, lead_source: str, report: str, crm: str, *, same: bool, who: str, today: date
) -> Change:
    """Keep what a person says of two names and build the figures by it at once."""
    pair = keep_pair(workspace, lead_source, report, crm, same=same, who=who, today=today)
    return _build(workspace, pair)


def forget_pair(workspace: Workspace, lead_source: str, report: str, crm: str) -> Change:
    """Take back what was said of two names and build the figures without it at once."""
    return _build(workspace, drop_pair(workspace, lead_source, report, crm))


def keep_pair(
    workspace: Workspace, lead_source: str, report: str, crm: str, *, same: bool, who: str, today: date
) -> CampaignPair:
    """Keep what a person says of two names; the last word on a pair stands."""
    if report == crm or not (lead_source and report and crm):
        raise WrongState(
            "no-pair",
            Text(
                "Пара состоит из двух разных имён одного источника.",
                "A pair is two different names of one source.",
            ),
        )
    said = CampaignPair(
        lead_source=lead_source, report=report, crm=crm, same=same, said_on=today, said_by=who
    )  # fmt: skip
    _keep(workspace, said, (said,))
    return said


def drop_pair(workspace: Workspace, lead_source: str, report: str, crm: str) -> CampaignPair:
    """Forget what was said of two names; raises :class:`WrongState` where nothing was."""
    known = {_key(pair): pair for pair in workspace.company.campaign_pairs}
    found = known.get((lead_source, report, crm))
    if found is None:
        raise WrongState(
            "unknown-pair",
            Text(
                f"О паре «{report}» и «{crm}» ничего не сказано.", f"Nothing was said of “{report}” and “{crm}”."
            ),
        )
    _keep(workspace, found, ())
    return found


def _keep(workspace: Workspace, pair: CampaignPair, said: tuple[CampaignPair, ...]) -> None:
    """Put these words in the place of what was said of the pair before."""

    with alone(workspace.company_path):
        company = workspace.company
        others = tuple(one for one in company.campaign_pairs if _key(one) != _key(pair))
        workspace.write_company(company.model_copy(update={"campaign_pairs": (*others, *said)}))


def _build(workspace: Workspace, pair: CampaignPair) -> Change:
    note = {"campaign_pair": f"{pair.lead_source}: {pair.report} = {pair.crm}"}
    return workspace.lake.load((), workspace.company, note=note)


def _key(pair: CampaignPair) -> tuple[str, str, str]:
    return pair.lead_source, pair.report, pair.crm
