"""Every trap of apis/ads.md §7: what was written, what it becomes, which rule did it."""

from __future__ import annotations

import pytest

from smarketing.facts.channels import RULES, Origin, Rule, clean_campaign, clean_utm
from smarketing.facts.company import Channels


def rules(found):
    return [one.rule.value for one in found.fired]


@pytest.mark.parametrize(
    ("written", "lead_source", "medium", "fired"),
    [
        ("yandex", "yandex", None, []),
        (" Yandex ", "yandex", None, ["blanks", "case"]),
        ("ya\u00a0", "yandex", None, ["blanks", "dictionary"]),
        ("Яндекс", "yandex", None, ["case", "transliteration", "dictionary"]),
        ("yandex.direct", "yandex", "cpc", ["compound"]),
        ("yandex|search", "yandex", "cpc", ["compound"]),
        ("yandex|cpc", "yandex", "cpc", ["compound"]),
        ("vk-ads", "vk", "cpc", ["compound"]),
        ("ya.direct", "yandex", "cpc", ["compound", "dictionary"]),
        ("яндекс.директ", "yandex", "cpc", ["transliteration", "compound", "dictionary"]),
        ("%D1%8F%D0%BD%D0%B4%D0%B5%D0%BA%D1%81", "yandex", None, ["percent", "transliteration", "dictionary"]),
        ("gооgle", "google", None, ["look_alike"]),
        ("yadnex", "yandex", None, ["typo"]),
        ("telegramm", "telegram", None, ["dictionary"]),
        ("facebok", "facebook", None, ["typo"]),
        ("google&", "google", None, ["trailing"]),
        ("«google»#", "google", None, ["trailing"]),
        ("yandex,yandex", "yandex", None, ["two_values"]),
        ("yandex,google", "yandex", None, ["two_values"]),
        ("(not set)", None, None, ["empty_word"]),
        ("{source}", None, None, ["macro"]),
        ("%7Bsource%7D", None, None, ["percent", "macro"]),
        ("{{site_source_name}}", None, None, ["macro"]),
        ("__SOURCE__", None, None, ["macro"]),
        ("partner_x", "partner_x", None, []),
        ("Выставка", "выставка", None, ["case"]),
        ("yandex2", "yandex2", None, []),
    ],
)
def test_source_is_cleaned_and_says_by_which_rule(written, lead_source, medium, fired):
    found = clean_utm({"utm_source": written})
    assert (found.lead_source, found.medium, rules(found)) == (lead_source, medium, fired)
    assert found.raw == {"utm_source": written}


@pytest.mark.parametrize(
    ("source", "medium", "fired"),
    [
        ("cpc", "yandex", ["swapped"]),
        ("срс", "ЯНДЕКС", ["case", "look_alike", "transliteration", "swapped", "dictionary"]),
        ("PPC", "ya", ["case", "swapped", "dictionary", "dictionary"]),
    ],
)
def test_source_and_medium_in_each_others_place_are_put_right(source, medium, fired):
    found = clean_utm({"utm_source": source, "utm_medium": medium})
    assert (found.lead_source, found.medium, rules(found)) == ("yandex", "cpc", fired)


def test_medium_alone_in_the_place_of_the_source_leaves_the_source_unknown():
    found = clean_utm({"utm_source": "cpc"})
    assert (found.lead_source, found.medium, found.origin) == (None, "cpc", Origin.UNKNOWN)


def test_source_that_is_also_a_medium_is_not_swapped():
    found = clean_utm({"utm_source": "email", "utm_medium": "email"})
    assert (found.lead_source, found.medium, rules(found)) == ("email", "email", [])


@pytest.mark.parametrize(
    ("written", "clean", "fired"),
    [
        ("Dealers_Moscow_77", "dealers_moscow_77", ["case"]),
        ("%25D0%259B%25D0%25B5%25D1%2582%25D0%25BE", "лето", ["percent", "case"]),  # encoded twice
        ("%CB%E5%F2%EE", "лето", ["percent", "case"]),  # windows-1251
        ("летняя+распродажа", "летняя распродажа", ["plus"]),
        ("brand_{region_name}_{campaign_id}", "brand", ["macro"]),
        ("{campaign_id}", None, ["macro"]),
        ("spring,Spring", "spring", ["two_values"]),
        ("дилеры, москва", "дилеры, москва", []),
        ("дилерy", "дилеру", ["look_alike"]),
        ('"spring"', "spring", ["trailing"]),
    ],
)
def test_campaign_is_cleaned_and_says_by_which_rule(written, clean, fired):
    found = clean_utm({"utm_source": "yandex", "utm_campaign": written})
    assert (found.campaign, rules(found)) == (clean, fired)
    assert clean_campaign(written) == clean


def test_keyword_keeps_its_comma_and_the_plus_of_the_ad_system():
    found = clean_utm({"utm_source": "yandex", "utm_term": "горка, качели +для двора"})
    assert (found.keyword, rules(found)) == ("горка, качели +для двора", [])


def test_value_cut_at_255_is_kept_and_said_to_be_cut():
    found = clean_utm({"utm_source": "yandex", "utm_term": "1" * 247 + "%D0%BA%D"})
    assert found.keyword == "1" * 247 + "к"
    assert rules(found) == ["cut", "percent"]


def test_escape_cut_in_the_middle_falls_off():
    assert clean_utm({"utm_campaign": "%D0%BA%D0%BE%D0"}).campaign == "ко"


def test_only_a_click_id_gives_its_platform():
    by_yandex, by_google = clean_utm({"yclid": "17"}), clean_utm({"gclid": "Cj0"})
    assert (by_yandex.lead_source, by_yandex.medium, by_yandex.origin) == ("yandex", "cpc", Origin.CLICK_ID)
    assert (by_google.lead_source, by_google.medium, rules(by_google)) == ("google", "cpc", ["click_id"])
    assert clean_utm({"ysclid": "m3"}).medium == "organic"
    assert clean_utm({"fbclid": "Iw"}).columns["medium"] is None


def test_macro_in_the_tag_falls_back_on_the_click_id():
    found = clean_utm({"utm_source": "{source}", "utm_campaign": "dealers", "yclid": "17"})
    assert (found.lead_source, found.campaign, rules(found)) == ("yandex", "dealers", ["macro", "click_id"])


def test_click_id_that_contradicts_the_tags_is_said_and_wins_only_where_the_company_wants():
    tags = {"utm_source": "google", "yclid": "17"}
    found = clean_utm(tags)
    assert (found.lead_source, rules(found)) == ("google", ["click_id_contradicts"])
    trusting = clean_utm(tags, Channels(trust_click_id=True))
    assert (trusting.lead_source, trusting.origin) == ("yandex", Origin.CLICK_ID)


def test_link_inside_the_own_site_says_nothing_of_the_first_source():
    own = Channels(own_sites=("igrograd.example",))
    found = clean_utm({"utm_source": "www.igrograd.example", "utm_medium": "banner"}, own, crm_source="Звонок")
    assert (found.lead_source, found.origin, rules(found)) == ("Звонок", Origin.CRM, ["internal"])


def test_precedence_is_tags_click_id_crm_form_line_unknown():
    own = Channels(forms={"Заявка": "site"}, lines={"+7 495 000-00-01": "avito"})
    rest = {"crm_source": "Рекомендация", "web_form": "Заявка", "call_line": "8 (495) 000 00 01"}
    by = [
        clean_utm({"utm_source": "vk", "yclid": "1"}, own, **rest),
        clean_utm({"yclid": "1"}, own, **rest),
        clean_utm({}, own, **rest),
        clean_utm({}, own, web_form="Заявка", call_line="84950000001"),
        clean_utm({}, own, call_line="84950000001"),
        clean_utm({}, own, web_form="Другая форма", call_line="84959999999"),
    ]
    assert [found.lead_source for found in by] == ["vk", "yandex", "Рекомендация", "site", "avito", None]
    assert [found.origin.value for found in by] == ["utm", "click_id", "crm", "form", "line", "unknown"]


@pytest.mark.parametrize("tags", [{}, {"utm_source": ""}, {"utm_source": None}, {"utm_campaign": "lost"}])
def test_lead_without_a_source_stays_unknown(tags):
    assert clean_utm(tags).lead_source is None
    assert clean_utm(tags).custom["channel_by"] == "unknown"


def test_dictionary_of_the_company_wins_over_ours():
    own = Channels(sources={"ya": "yandex_spb", "Обзвон базы": ""}, mediums={"Target": "cpm"})
    assert clean_utm({"utm_source": "YA", "utm_medium": "target"}, own).columns["lead_source"] == "yandex_spb"
    assert clean_utm({"utm_source": "YA", "utm_medium": "target"}, own).medium == "cpm"
    assert clean_utm({}, own, crm_source="обзвон базы").lead_source is None


def test_campaign_dictionary_is_applied_after_the_letters_are_cleaned():
    own = Channels(campaigns={"PerformanceMax Ru": "performancemax_de"})
    assert clean_utm({"utm_campaign": "performancemax+ru"}, own).campaign == "performancemax_de"


def test_name_the_crm_gives_is_kept_as_it_is():
    assert clean_utm({}, crm_source=" Facebook  Ads ").lead_source == "Facebook Ads"


def test_bot_is_marked():
    found = clean_utm({"utm_source": "yandex"}, agent="Mozilla/5.0 (compatible; YandexBot/3.0)")
    assert (found.is_bot, found.lead_source) == (True, "yandex")
    assert not clean_utm({"utm_source": "yandex"}, agent="Mozilla/5.0 (X11) Chrome/120").is_bot


def test_raw_values_and_rules_go_to_custom_fields_where_something_changed():
    found = clean_utm({"utm_source": "Yandex", "utm_medium": "cpc", "utm_campaign": "{campaign_id}"})
    assert found.custom == {
        "utm_source_raw": "Yandex",
        "utm_campaign_raw": "{campaign_id}",
        "channel_rules": "case, macro",
        "channel_by": "utm",
    }
    assert found.columns == {
        "lead_source": "yandex", "medium": "cpc", "campaign": None, "ad": None, "keyword": None
    }  # fmt: skip


def test_cleaning_what_is_clean_changes_nothing():
    dirty = {
        "utm_source": "Яндекс.Директ",
        "utm_campaign": "Дилеры+Москва&",
        "utm_term": "%D0%B3%D0%BE%D1%80%D0%BA%D0%B0",
    }
    once = clean_utm(dirty)
    again = clean_utm(
        {"utm_source": once.lead_source, "utm_medium": once.medium, "utm_campaign": once.campaign,
         "utm_term": once.keyword}
    )  # fmt: skip
    assert (again.columns, again.fired) == (once.columns, ())


def test_every_rule_has_words():
    assert set(RULES) == set(Rule)
