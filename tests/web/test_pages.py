"""Pages over the eleven leads of ``small_company``: November, cohort, spend 100 000, revenue 750 000."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.web.accounts.models import User
from smarketing.web.reports import reading
from smarketing.web.reports.page import Page
from tests.analyses import small_company
from tests.analyses.small_company import lead
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
PAGES = (
    "/", "/diagnosis", "/analytics", "/funnel", "/qualification", "/focus", "/customers", "/response",
    "/reconciliation",
    "/metrics", "/records", "/data", "/account",
)  # fmt: skip
FIGURES = ("/", "/analytics", "/funnel", "/qualification", "/records")
NBSP = "\u00a0"


def body(answer: Any) -> str:
    return unescape(answer.content.decode())


def words(answer: Any) -> str:
    """What a person reads: no tags, single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(answer)).replace(NBSP, " "))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(facts: Any, signed_in: SignIn, page: str, language: str) -> None:
    answer = signed_in("alice", language).get(page)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in body(answer)
    assert body(answer).count("<h1>") == 1


@pytest.mark.parametrize(
    "page",
    [
        "/?compare=year",
        "/?clock=cohort",
        "/analytics?by=month&sort=-leads&clock=period",
        "/analytics?by=source_group&by=lead_source&sort=name",
        "/analytics?period=all&segment=~",
        "/funnel?kind=milestones&compare=prev",
        "/funnel?compare=prev&clock=period",
        "/qualification?by=criterion&compare=prev&draft=1",
        "/response?by=segment&compare=prev&clock=period",
        "/response?by=hour&sort=-waiting_leads",
        "/response?by=month&period=all",
        "/records?metric=cpl&side=denominator",
        "/records?metric=stage_lost&step=deal",
        "/records?metric=lost_leads&outcome=lost&loss_reason=price",
    ],
)
def test_pages_answer_every_kind_of_question(facts: Any, signed_in: SignIn, page: str) -> None:
    assert signed_in().get(page).status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/people", "/audit", "/data/upload"])
def test_nobody_sees_a_page_without_signing_in(facts: Any, db: None, page: str) -> None:
    assert Client().get(page).headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("page", [*PAGES, "/sign-in", "/no-such-page"])
def test_policy_of_content_allows_nothing_inline(facts: Any, signed_in: SignIn, page: str) -> None:
    answer = signed_in().get(page)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    text = body(answer)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text)
    assert all(re.search(r"src=", tag) for tag in re.findall(r"<script[^>]*>", text))


def test_table_holds_the_figures_worked_out_by_hand(facts: Any, signed_in: SignIn) -> None:
    text = words(signed_in().get("/analytics?by=lead_source"))
    # 100 000 of spend for 11 leads of the cohort; yandex alone has spend and six leads: 16 667 each
    assert "Всего 100 11 " in text
    assert "9 091" in text
    assert "16 667" in text
    assert "750" in text


def test_export_gives_the_figures_of_the_page(facts: Any, signed_in: SignIn) -> None:
    client = signed_in(language="en")
    data = json.loads(client.get("/analytics?by=lead_source&format=json").content)
    assert data["total"]["leads"]["value"] == 11
    assert data["total"]["cpl"]["numerator"] == 100_000
    assert data["total"]["revenue"]["value"] == 750_000
    rows = list(
        csv.reader(io.StringIO(client.get("/analytics?by=lead_source&format=csv").content.decode("utf-8-sig")))
    )
    head, total = rows[0], rows[-1]
    assert total[head.index("Revenue, ₽")] == "750000"
    workbook = client.get("/analytics?by=lead_source&format=xlsx")
    assert workbook.content[:2] == b"PK"
    assert workbook.headers["Content-Disposition"] == 'attachment; filename="economics-2026-11-01.xlsx"'


def test_a_split_by_pipeline_is_offered_where_there_are_two(
    facts: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in()

    def offered() -> set[str]:
        return {split["text"].ru for split in client.get("/analytics").context["splits"]}

    assert "Воронка" not in offered()  # no lead of the small company stands in one
    known = Page.values
    two = {"pipeline": ("Проекты", "Розница")}
    monkeypatch.setattr(Page, "values", lambda self, name: two.get(name) or known(self, name))
    assert "Воронка" in offered()


@pytest.mark.parametrize("page", ["/", "/funnel", "/funnel?table=losses", "/qualification", "/analytics"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_every_table_leaves_in_every_format(facts: Any, signed_in: SignIn, page: str, kind: str) -> None:
    answer = signed_in().get(f"{page}{'&' if '?' in page else '?'}format={kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')


def test_figure_opens_as_many_records_as_it_counts(facts: Any, signed_in: SignIn) -> None:
    client = signed_in()
    page = body(client.get("/analytics?by=lead_source"))
    found = re.findall(r'class="fig" href="(/records\?[^"]*metric=leads)"[^>]*>(\d+)<', page)
    assert [count for _, count in found] == ["6", "5", "11"]
    for href, count in found:
        assert f"За цифрой стоит записей: {count}." in words(client.get(href))


def test_lost_leads_of_a_cell_are_those_of_the_matrix(facts: Any, signed_in: SignIn) -> None:
    text = words(signed_in().get("/records?metric=lost_leads&outcome=lost&loss_reason=price&month=2026-11"))
    assert "За цифрой стоит записей: 2." in text
    assert "L3" in text
    assert "L5" in text
    assert "L9" not in text


@pytest.mark.parametrize("page", FIGURES)
def test_seller_sees_only_own_leads_whatever_the_address_says(facts: Any, signed_in: SignIn, page: str) -> None:
    mine = words(signed_in("bob").get(page))
    asked_for_more = words(signed_in("bob").get(f"{page}?manager=Борис"))
    for text in (mine, asked_for_more):
        assert "L2" not in text
        assert "Борис" not in text.replace("Менеджер: Борис", "")  # the chip repeats the address


def test_seller_counts_one_lead_where_the_founder_counts_eleven(facts: Any, signed_in: SignIn) -> None:
    assert "записей: 1." in words(signed_in("bob").get("/records"))
    assert "записей: 1." in words(signed_in("bob").get("/records?manager=Борис"))
    assert "записей: 11." in words(signed_in("alice").get("/records"))


def test_seller_without_a_name_gets_a_sentence(facts: Any, signed_in: SignIn) -> None:
    answer = signed_in("eve").get("/")
    assert answer.status_code == 400
    assert "под каким именем" in words(answer)


@pytest.mark.parametrize(
    ("language", "sentence"), [("ru", "Разреза «colour» нет."), ("en", "no split by “colour”")]
)
def test_wrong_question_is_answered_in_words(facts: Any, signed_in: SignIn, language: str, sentence: str) -> None:
    answer = signed_in(language=language).get("/analytics?by=colour")
    assert answer.status_code == 400
    assert sentence in words(answer)


@pytest.mark.parametrize(
    ("language", "sentence"), [("ru", "Такой страницы нет."), ("en", "There is no such page.")]
)
def test_missing_page_is_said_in_both_languages(
    facts: Any, signed_in: SignIn, language: str, sentence: str
) -> None:
    answer = signed_in(language=language).get("/no-such-page")
    assert answer.status_code == 404
    assert sentence in words(answer)


def test_failure_of_ours_is_said_in_both_languages_at_once(
    facts: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in()
    client.raise_request_exception = False
    monkeypatch.setattr("smarketing.web.reports.views.economics", lambda *_: 1 // 0)
    answer = client.get("/analytics?by=ad")
    assert answer.status_code == 500
    assert "Ошибка на нашей стороне" in words(answer)
    assert "An error on our side" in words(answer)


def test_workspace_without_facts_says_what_to_do_first(workspace: Any, signed_in: SignIn) -> None:
    assert "Загружает данные администратор." in words(signed_in("alice").get("/"))
    assert 'href="/data/upload"' in body(signed_in("charlie").get("/"))


def test_list_of_people_asks_the_database_no_more_for_three_than_for_one(
    workspace: Any, signed_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = signed_in("charlie")
    client.get("/people")
    with django_assert_num_queries(3):  # session, user, people
        client.get("/people")
    for number in range(3):
        User.objects.create(username=f"more{number}")
    with django_assert_num_queries(3):
        client.get("/people")


def test_page_of_figures_asks_the_database_only_who_reads(
    facts: Any, signed_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = signed_in("alice")
    client.get("/analytics")
    for page in ("/analytics?by=lead_source", "/analytics?by=segment&by=lead_source", "/"):
        with django_assert_num_queries(2):
            client.get(page)


def test_menu_carries_the_period_and_filters_along(facts: Any, signed_in: SignIn) -> None:
    page = body(signed_in().get("/analytics?month=2026-10&segment=dealers&by=campaign"))
    assert 'href="/funnel?month=2026-10&segment=dealers"' in page


def test_sort_of_a_column_lives_in_the_address(facts: Any, signed_in: SignIn) -> None:
    page = body(signed_in().get("/analytics?by=lead_source&sort=-leads"))
    assert re.search(r'aria-sort="descending"[^>]*><span class="hd"><a href="[^"]*sort=leads"', page)
    assert page.index('<th scope="row">yandex') < page.index('<th scope="row">site')
    turned = body(signed_in().get("/analytics?by=lead_source&sort=leads"))
    assert turned.index('<th scope="row">site') < turned.index('<th scope="row">yandex')


def test_dash_says_why_it_stands_there(facts: Any, signed_in: SignIn) -> None:
    page = body(signed_in().get("/analytics?by=manager"))
    assert re.search(r'class="why" title="факты не знают этого разреза">—', page)


def test_every_metric_has_its_place_in_the_dictionary(facts: Any, signed_in: SignIn) -> None:
    from smarketing.metrics.catalogue import METRICS

    page = body(signed_in().get("/metrics"))
    assert set(re.findall(r'<article id="([a-z0-9_]+)">', page)) == set(METRICS)


def test_link_to_the_crm_is_never_a_script(facts: Any) -> None:
    from smarketing.web.reports.rows import safe_url

    assert safe_url("https://crm.example/lead/1") == "https://crm.example/lead/1"
    assert safe_url("javascript:alert(1)") == ""
    assert safe_url(None) == ""


def test_health_answers_without_signing_in(db: None) -> None:
    assert Client().get("/health").content == b"ok"


def test_comparison_is_offered_only_where_it_is_shown_and_carried_along_elsewhere(
    facts: Any, signed_in: SignIn
) -> None:
    client = signed_in()
    for address, shows in (
        ("/", True),
        ("/funnel", True),
        ("/focus", True),
        ("/analytics", False),
        ("/customers", False),
    ):
        page = body(client.get(f"{address}?compare=prev"))
        assert ('id="p-compare"' in page, "Сравнение: " in page) == (shows, shows), address
        assert re.search(r'href="/funnel\?compare=', page), address
        assert '<input type="hidden" name="compare" value="prev">' in page, address


def test_page_of_records_beyond_the_last_leads_to_the_last(facts: Any, signed_in: SignIn) -> None:
    client = signed_in()
    answer = client.get("/records?metric=leads&month=2026-11&page=9999")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/records?month=2026-11&metric=leads&page=1")
    assert "Таких записей нет" not in words(client.get(answer.headers["Location"]))


@pytest.mark.parametrize("page", ["9" * 5000, "9999999", "0", "-1", "two"])
def test_page_number_that_is_none_gets_a_sentence(facts: Any, signed_in: SignIn, page: str) -> None:
    assert signed_in().get(f"/records?page={page}").status_code == 400
    assert signed_in().get(f"/data/quarantine?page={page}").status_code == 200


def test_form_sent_after_the_sign_in_ended_is_said_to_be_unsent(facts: Any, signed_in: SignIn) -> None:
    answer = signed_in().get("/questions/note?month=2026-11")
    assert answer.status_code == 405
    assert "Форма не отправлена: вход был закончен раньше." in words(answer)


def test_funnel_of_a_segment_is_held_against_another_one(facts: Any, signed_in: SignIn) -> None:
    """Three leads of dealers against four of private persons: the same days, no period before."""
    client = signed_in()
    page = body(client.get("/funnel?segment=dealers"))
    assert 'href="/funnel?segment=dealers&against=private"' in page
    compared = client.get("/funnel?segment=dealers&against=private")
    assert "Заметной разницы нет: все переходы расходятся в пределах обычного разброса." in words(compared)
    assert "у них 5" in words(compared)
    assert 'href="/funnel?segment=dealers" aria-current="true"' in body(compared)


def test_segments_that_part_have_a_notable_difference_and_no_change(
    facts: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty more leads of each: dealers' were all accepted, of the private ones none."""
    more = [
        lead(f"{segment}{place}", "11-02 10:00", "yandex", segment, accepted=accepted)
        for segment, accepted in (("dealers", "11-03"), ("private", None))
        for place in range(40)
    ]
    known = reading.Facts(OneAtATime(small_company.reader(journeys=(*small_company.LEADS, *more))))
    monkeypatch.setattr(reading, "newest", lambda: known)
    client = signed_in(language="en")
    said = words(client.get("/funnel?segment=dealers&against=private"))
    assert "notable difference" in said
    assert "notable change" not in said
    assert "Difference" in said
    assert "Change" in words(client.get("/funnel?compare=prev"))


@pytest.mark.parametrize("address", ["/funnel?against=private", "/funnel?segment=private&against=private"])
def test_segment_without_another_one_is_compared_with_nothing(facts: Any, signed_in: SignIn, address: str) -> None:
    """The filter was taken off or changed to the same segment: the address still opens."""
    answer = signed_in().get(address)
    assert answer.status_code == 200
    assert "у них" not in words(answer)


def test_segment_that_no_lead_has_is_a_sentence(facts: Any, signed_in: SignIn) -> None:
    answer = signed_in(language="en").get("/funnel?segment=dealers&against=privat")
    assert answer.status_code == 400
    assert "There is no segment “privat”." in words(answer)
