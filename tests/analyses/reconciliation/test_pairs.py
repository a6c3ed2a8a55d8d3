from __future__ import annotations

from datetime import date, timedelta

from smarketing.analyses.reconciliation.pairs import preview, proposed_pairs
from smarketing.facts.company import CampaignPair, Company
from tests.support.memory import MemoryReader, at


def leads(campaign, days, lead_source="vk", each=1, **more):
    return [
        {"lead_id": f"{lead_source}-{campaign}-{day}-{number}", "created_at": at(f"2026-11-{day:02d} 10:00"),
         "lead_source": lead_source, "campaign": campaign, **more}
        for day in days for number in range(each)
    ]  # fmt: skip


def spend(campaign, days, lead_source="vk", cost=100):
    first = date(2026, 11, 1)
    return [
        {"day": first + timedelta(days=day - 1), "lead_source": lead_source, "campaign": campaign, "cost": cost}
        for day in days
    ]


def found(journeys, paid, company=None):
    return proposed_pairs(MemoryReader(company or Company(), journeys=journeys, spend=paid))


def test_names_of_two_alphabets_that_ran_on_the_same_days_are_proposed():
    (one,) = found(leads("ploshadki_zhk_new", range(3, 7)), spend("Площадки для ЖК", range(1, 10)))
    assert (one.lead_source, one.report, one.crm) == ("vk", "Площадки для ЖК", "ploshadki_zhk_new")
    # Compared: «ploshadki dlya zhk» and «ploshadki zhk new».
    assert one.alike >= 80
    assert (one.leads, one.covered, one.spend) == (4, 1.0, 400)
    assert (one.first_day, one.last_day) == (date(2026, 11, 3), date(2026, 11, 6))


def test_names_of_two_sources_are_not_one_campaign():
    assert found(leads("spring", range(3, 7), lead_source="yandex"), spend("spring_", range(1, 10))) == ()


def test_names_unlike_each_other_are_not_proposed():
    assert found(leads("catalogue", range(3, 7)), spend("Площадки для ЖК", range(1, 10))) == ()


def test_campaign_that_ran_on_other_days_is_not_proposed():
    # Of six leads two came while «spring_sale» was paid for: a third.
    assert found(leads("spring_sales", range(3, 9)), spend("spring_sale", range(1, 5))) == ()
    assert len(found(leads("spring_sales", range(3, 9)), spend("spring_sale", range(1, 6)))) == 1


def test_two_leads_prove_nothing():
    assert found(leads("spring_sales", (3, 4)), spend("spring_sale", range(1, 10))) == ()


def test_paid_name_with_leads_of_its_own_is_not_proposed():
    own = leads("spring_sale", range(3, 7))
    assert found([*own, *leads("spring_sales", range(3, 7))], spend("spring_sale", range(1, 10))) == ()


def test_tag_renamed_half_way_meets_the_old_name():
    """Leads of «spring» until the 5th, of «spring_new» since the 6th; the account calls it «spring» all along."""
    old, new = leads("spring", range(1, 6)), leads("spring_new", range(6, 12))
    (one,) = found([*old, *new], spend("spring", range(1, 12)))
    assert (one.report, one.crm, one.leads, one.spend) == ("spring", "spring_new", 6, 600)


def test_campaign_renamed_in_the_account_meets_the_tag_that_went_on():
    paid = [*spend("spring", range(1, 6)), *spend("spring_2", range(6, 12))]
    (one,) = found(leads("spring", range(1, 12)), paid)
    assert (one.report, one.crm, one.leads, one.spend) == ("spring_2", "spring", 6, 600)


def test_pair_with_more_money_stands_first_and_a_tag_is_proposed_once():
    journeys = [*leads("spring_sales", range(3, 9)), *leads("autumn_sales", range(3, 9))]
    paid = [*spend("autumn_sale", range(1, 10), cost=300), *spend("spring_sale", range(1, 10))]
    assert [(one.report, one.crm) for one in found(journeys, paid)] == [
        ("autumn_sale", "autumn_sales"), ("spring_sale", "spring_sales"),
    ]  # fmt: skip


def test_pair_that_was_judged_is_not_proposed():
    for same in (True, False):
        judged = CampaignPair(lead_source="vk", report="spring_sale", crm="spring_sales", same=same)
        company = Company(campaign_pairs=(judged,))
        assert found(leads("spring_sales", range(3, 9)), spend("spring_sale", range(1, 10)), company) == ()


def test_preview_gives_cost_per_client_before_and_after():
    won = leads("spring_sales", (3, 4), is_won=True, outcome="won")
    reader = MemoryReader(
        Company(), journeys=[*won, *leads("spring_sales", (5, 6))], spend=spend("spring_sale", range(1, 11))
    )
    (one,) = proposed_pairs(reader)
    seen = preview(reader, one)
    keys = ("spend", "leads", "cpl", "cac_paid")
    assert [seen.report[key].value for key in keys] == [1000, 0, None, None]
    assert [seen.crm[key].value for key in keys] == [None, 4, None, None]
    # 1000 of spend, four leads, two of them clients.
    assert [seen.joined[key].value for key in keys] == [1000, 4, 250, 500]
