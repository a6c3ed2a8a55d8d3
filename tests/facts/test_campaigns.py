from __future__ import annotations

from smarketing.facts.campaigns import one_name, plain_campaign
from smarketing.facts.company import CampaignPair


def pair(report, crm, lead_source="vk", **more):
    return CampaignPair(lead_source=lead_source, report=report, crm=crm, **more)


def test_pair_gives_the_leads_the_name_of_the_report():
    assert one_name([pair("spring", "vesna_new")]) == {("vk", "vesna_new"): "spring"}


def test_several_tags_of_one_campaign_have_its_name():
    assert one_name([pair("spring", "a"), pair("spring", "b")]) == {("vk", "a"): "spring", ("vk", "b"): "spring"}


def test_campaign_renamed_in_the_account_keeps_the_name_of_the_first_pair():
    assert one_name([pair("old", "tag"), pair("new", "tag")]) == {("vk", "new"): "old", ("vk", "tag"): "old"}


def test_chain_of_pairs_is_one_campaign_whatever_joined_it():
    joined = one_name([pair("a", "x"), pair("b", "y"), pair("b", "x")])
    assert joined == {("vk", "b"): "a", ("vk", "x"): "a", ("vk", "y"): "a"}


def test_names_of_another_source_are_left_alone():
    names = one_name([pair("spring", "vesna"), pair("summer", "vesna", lead_source="yandex")])
    assert names == {("vk", "vesna"): "spring", ("yandex", "vesna"): "summer"}


def test_pair_that_a_person_refused_joins_nothing():
    assert one_name([pair("spring", "vesna", same=False)]) == {}


def test_spellings_of_two_alphabets_are_compared_as_one():
    assert plain_campaign("Площадки для ЖК") == "ploshadki dlya zhk"
    assert plain_campaign("ploshadki_dlya-ZHK2") == "ploshadki dlya zhk 2"
