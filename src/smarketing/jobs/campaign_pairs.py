"""How does what a person says of two campaign names become part of every figure, and how is it taken back?

The word is kept in the company's settings; the derived tables are then built by it, so that economics, verdict and
reconciliation change in the same way. The facts themselves keep the names as they were written.
"""

from __future__ import annotations

from datetime import date

from smarketing.facts.company import CampaignPair, Company
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import Change


def say_pair(
    workspace: Workspace, lead_source: str, report: str, crm: str, *, same: bool, who: str, today: date
) -> Change:
    """Keep what a person says of two names and build the figures by it; the last word on a pair stands."""
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
    company = workspace.company
    kept = tuple(pair for pair in company.campaign_pairs if _key(pair) != _key(said))
    return _keep(workspace, company.model_copy(update={"campaign_pairs": (*kept, said)}), said)


def forget_pair(workspace: Workspace, lead_source: str, report: str, crm: str) -> Change:
    """Take back what was said of two names; raises :class:`WrongState` where nothing was."""
    company = workspace.company
    found = [pair for pair in company.campaign_pairs if _key(pair) == (lead_source, report, crm)]
    if not found:
        raise WrongState(
            "unknown-pair",
            Text(
                f"О паре «{report}» и «{crm}» ничего не сказано.", f"Nothing was said of “{report}” and “{crm}”."
            ),
        )
    kept = tuple(pair for pair in company.campaign_pairs if pair not in found)
    return _keep(workspace, company.model_copy(update={"campaign_pairs": kept}), found[0])


def _keep(workspace: Workspace, company: Company, pair: CampaignPair) -> Change:
    workspace.write_company(company)
    note = {"campaign_pair": f"{pair.lead_source}: {pair.report} = {pair.crm}"}
    return workspace.lake.load((), company, note=note)


def _key(pair: CampaignPair) -> tuple[str, str, str]:
    return pair.lead_source, pair.report, pair.crm
