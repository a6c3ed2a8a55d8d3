"""The settings pages: what is saved, what is refused beside its field, and what another changed meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smarketing.facts.company import Company, Milestone, Stage, parse_company
from smarketing.jobs.settings import company_toml
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import FactBatch
from smarketing.web.accounts.models import AuditEntry
from smarketing.web.company.line_forms import SourceNameForm
from smarketing.web.company.sections import SECTIONS
from smarketing.web.reports import reading
from tests.lake.world import at, batches

SignIn = Callable[..., Client]


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def form_of(answer: Any) -> dict[str, Any]:
    """What a browser would send of the section's form, untouched: names and values of its fields."""
    editor, data = answer.context["editor"], {"seen": answer.context["seen"]}
    for formset in editor.lines:
        data |= {field.html_name: field.value() for field in formset.management_form}
    for form in (*editor.forms, *(line for formset in editor.lines for line in formset.forms)):
        for field in form:
            value = field.field.prepare_value(field.value())
            if value not in (None, False):
                data[field.html_name] = "on" if value is True else value
    return data


def error_at(answer: Any, field: str) -> str:
    found = re.search(rf'id="f-{field}_error">(.*?)</span>', answer.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


@pytest.fixture
def founder(workspace: Workspace, signed_in: SignIn) -> Client:
    return signed_in("alice")


@pytest.fixture
def loaded(workspace: Workspace) -> Workspace:
    """A lead of no group's source and of a segment nobody named, lost for a reason nobody named."""
    leads = {"lead_id": "1", "created_at": at("2026-11-02"), "lead_source": "radio", "segment": "schools"}
    moves = {"lead_id": "1", "stage": "lost", "entered_at": at("2026-11-03"), "loss_reason": "price"}
    facts: list[FactBatch] = batches({"leads": [leads], "stage_moves": [moves]})
    workspace.lake.load(facts, workspace.company, known_until=at("2026-11-04"))
    return workspace


@pytest.mark.parametrize("key", SECTIONS)
def test_section_saved_untouched_changes_nothing(founder: Client, workspace: Workspace, key: str) -> None:
    before, text = workspace.company, workspace.company_path.read_text("utf-8")
    page = founder.get(f"/settings/{key}")
    assert page.status_code == 200
    saved = founder.post(f"/settings/{key}", form_of(page), follow=True)
    assert "Изменений нет." in words(saved)
    assert workspace.company == before
    assert workspace.company_path.read_text("utf-8") == text
    assert not AuditEntry.objects.filter(action="settings_applied").exists()


def test_every_setting_has_its_page() -> None:
    placed = [part for section in SECTIONS.values() for part in section.parts]
    elsewhere = ["campaign_pairs"]  # said on the page of reconciliation
    assert sorted([*placed, *elsewhere]) == sorted(Company.model_fields)


def test_names_of_sources_are_lines_of_their_own() -> None:
    company = parse_company({"source_names": {"vk": {"ru": "ВК", "en": "VK Ads"}}})
    shown = [SourceNameForm.shown(item) for item in SourceNameForm.items(company)]
    assert shown == [{"source": "vk", "name_ru": "ВК", "name_en": "VK Ads"}]
    line = SourceNameForm(shown[0], language="en")
    assert (line.is_valid(), line.legend) == (True, "vk")
    assert parse_company({"source_names": SourceNameForm.whole([line.said()])}) == company


def test_change_is_written_down_and_the_rest_of_the_file_stays(founder: Client, workspace: Workspace) -> None:
    workspace.company_path.write_text("# наше\n" + workspace.company_path.read_text("utf-8"), "utf-8")
    form = form_of(founder.get("/settings/company"))
    saved = founder.post("/settings/company", form | {"name": "Качели", "response_sla_minutes": "30"}, follow=True)
    assert "Сохранено, изменений: 2." in words(saved)
    assert (workspace.company.name, workspace.company.response_sla_minutes) == ("Качели", 30)
    assert workspace.company_path.read_text("utf-8").startswith("# наше\n")
    entry = AuditEntry.objects.get(action="settings_applied")
    assert (entry.subject, entry.details["places"]) == (
        "Компания",
        ["name: Компания → Качели", "response_sla_minutes: 60 → 30"],
    )


def test_wrong_value_stands_beside_its_field_and_nothing_is_written(founder: Client, workspace: Workspace) -> None:
    text = workspace.company_path.read_text("utf-8")
    form = form_of(founder.get("/settings/company"))
    refused = founder.post("/settings/company", form | {"zone": "Nowhere/Land", "name": "Качели"})
    assert refused.status_code == 400
    assert error_at(refused, "zone") == "часового пояса Nowhere/Land нет"
    assert 'value="Качели"' in refused.content.decode()  # what was typed stays
    hours = form_of(founder.get("/settings/hours"))
    refused = founder.post("/settings/hours", hours | {"closes": "08:00", "days_off": "31.06.2026"})
    assert error_at(refused, "closes") == "День кончается не раньше, чем начинается."
    assert error_at(refused, "days_off") == "«31.06.2026» — не дата. Пишите 2026-12-31 или 31.12.2026."
    assert workspace.company_path.read_text("utf-8") == text


def test_hours_are_read_as_people_write_them(founder: Client, workspace: Workspace) -> None:
    form = form_of(founder.get("/settings/hours"))
    form |= {"days": ["1", "2", "6"], "opens": "10:00", "closes": "00:00", "days_off": "01.01.2027\n2026-12-31"}
    assert founder.post("/settings/hours", form).status_code == 302
    hours = workspace.company.working_hours
    assert (hours.days, hours.opens.hour, hours.closes.hour) == ((1, 2, 6), 10, 0)
    assert [day.isoformat() for day in hours.days_off] == ["2026-12-31", "2027-01-01"]


def test_change_of_another_is_told_and_the_second_press_stands(founder: Client, workspace: Workspace) -> None:
    form = form_of(founder.get("/settings/company"))
    workspace.write_company(workspace.company.model_copy(update={"response_sla_minutes": 45}))
    refused = founder.post("/settings/company", form | {"response_sla_minutes": "30"})
    assert refused.status_code == 409
    assert "эти настройки изменил другой человек" in words(refused)
    assert "response_sla_minutes 45 30" in words(refused)
    assert workspace.company.response_sla_minutes == 45
    again = {**form, "response_sla_minutes": "30", "seen": refused.context["seen"]}
    assert founder.post("/settings/company", again).status_code == 302
    assert workspace.company.response_sla_minutes == 30


def test_currency_is_fixed_once_there_are_facts(loaded: Workspace, founder: Client) -> None:
    page = founder.get("/settings/company")
    assert "Валюта закреплена" in words(page)
    form = form_of(page) | {"currency": "USD", "name": "Качели"}
    founder.post("/settings/company", form)
    assert (loaded.company.currency, loaded.company.name) == ("RUB", "Качели")


def test_figures_follow_the_hours_that_were_saved(loaded: Workspace, founder: Client) -> None:
    form = form_of(founder.get("/settings/hours"))
    saved = founder.post("/settings/hours", form | {"opens": "08:00"}, follow=True)
    assert "Сохранено, изменений: 1." in words(saved)
    built = loaded.lake.built_by()
    assert built is not None
    assert built.working_hours.opens.hour == 8


# ── lists ────────────────────────────────────────────────────────────────────


def test_stage_is_added_moved_and_renamed(founder: Client, workspace: Workspace) -> None:
    form = form_of(founder.get("/settings/stages"))
    form |= {"stages-5-key": "offer", "stages-5-name_ru": "Предложение", "stages-5-place": "3"}
    form |= {"stages-1-name_en": "Accepted", "stages-1-sla_minutes": "90"}
    assert founder.post("/settings/stages", form).status_code == 302
    stages = workspace.company.stages
    assert [stage.key for stage in stages] == ["new", "accepted", "offer", "deal", "won", "lost"]
    assert (stages[1].name.en, stages[1].sla_minutes, stages[1].milestone) == ("Accepted", 90, Milestone.ACCEPTED)
    assert (stages[2].name.ru, stages[2].name.en) == ("Предложение", "Предложение")


def test_stage_that_moves_down_comes_behind_the_one_that_stood_there(
    founder: Client, workspace: Workspace
) -> None:
    form = form_of(founder.get("/settings/stages"))
    assert founder.post("/settings/stages", form | {"stages-0-place": "3"}).status_code == 302
    assert [stage.key for stage in workspace.company.stages] == ["accepted", "deal", "new", "won", "lost"]


def test_stage_in_the_facts_cannot_be_removed(loaded: Workspace, founder: Client) -> None:
    form = form_of(founder.get("/settings/stages"))
    refused = founder.post("/settings/stages", form | {"stages-4-DELETE": "on"})
    assert "Стадия «lost» есть в фактах (переходов: 1)" in words(refused)
    assert len(loaded.company.stages) == 5
    assert founder.post("/settings/stages", form | {"stages-2-DELETE": "on"}).status_code == 302
    assert [stage.key for stage in loaded.company.stages] == ["new", "accepted", "won", "lost"]


def test_required_field_that_no_lead_has_is_told_in_its_stage(founder: Client, workspace: Workspace) -> None:
    form = form_of(founder.get("/settings/stages"))
    refused = founder.post("/settings/stages", form | {"stages-2-required_fields": "amount\nsegmnt"})
    told = error_at(refused, "stages-2-required_fields")
    assert told == "Обязательного поля «segmnt» у лида нет. Возможно, имелось в виду «segment»."
    assert 'class="fold" open' in refused.content.decode()
    assert workspace.company.stages[2].required_fields == ("amount",)


def test_hundred_stages_are_saved(founder: Client, workspace: Workspace) -> None:
    more = [Stage(key=f"s{n}", name={"ru": f"С{n}", "en": f"S{n}"}) for n in range(115)]
    stages = (*workspace.company.stages, *more)
    workspace.write_company(workspace.company.model_copy(update={"stages": stages}))
    form = form_of(founder.get("/settings/stages"))
    assert founder.post("/settings/stages", form | {"stages-100-name_ru": "Сотая"}).status_code == 302
    assert len(workspace.company.stages) == 120
    assert workspace.company.stages[100].name.ru == "Сотая"


def test_money_without_a_rate_is_told_and_its_rate_stays(loaded: Workspace, founder: Client) -> None:
    dear = {"lead_id": "2", "created_at": at("2026-11-02"), "amount": 5, "currency": "USD"}
    rated = loaded.company.model_copy(update={"rates": {"USD": Decimal(90)}})
    loaded.write_company(rated)
    loaded.lake.load(batches({"leads": [dear]}), rated, known_until=at("2026-11-04"))
    form = form_of(founder.get("/settings/money"))
    refused = founder.post("/settings/money", form | {"rates-0-DELETE": "on"})
    assert "Деньги в валюте USD: укажите её курс к RUB" in words(refused)
    assert loaded.company.rates == {"USD": Decimal(90)}


def test_wrong_line_is_told_in_its_line(founder: Client, workspace: Workspace) -> None:
    form = form_of(founder.get("/settings/segments"))
    two = {"segments-0-key": "a", "segments-0-name_ru": "А", "segments-0-focus": "on"}
    two |= {"segments-1-key": "a", "segments-1-name_ru": "Б", "segments-1-focus": "on"}
    refused = founder.post("/settings/segments", form | two)
    assert error_at(refused, "segments-1-key") == "Уже названо выше."
    assert error_at(refused, "segments-1-focus") == "Фокусный сегмент уже отмечен выше."
    assert error_at(refused, "segments-0-key") == ""
    assert workspace.company.segments == ()


def test_what_the_facts_hold_and_nobody_named_is_offered_and_placed(loaded: Workspace, founder: Client) -> None:
    overview = words(founder.get("/settings"))
    assert "В фактах есть то, чего нет в настройках: сегменты 1, источники 1, причины отказа 1." in overview
    page = founder.get("/settings/sources", {"add": "radio", "to": "free"})
    assert "Добавлено в форму и ещё не сохранено: radio." in words(page)
    assert founder.post("/settings/sources", form_of(page)).status_code == 302
    assert loaded.company.source_groups[1].sources == ("site", "radio")
    page = founder.get("/settings/segments", {"add": "schools"})
    named = form_of(page) | {"segments-0-name_ru": "Школы"}
    assert founder.post("/settings/segments", named).status_code == 302
    assert [(one.key, one.name.ru) for one in loaded.company.segments] == [("schools", "Школы")]
    reading._open.clear()
    assert "чего нет в настройках: причины отказа 1." in words(founder.get("/settings"))


def test_rates_by_day_and_for_ever_stand_in_lines(founder: Client, workspace: Workspace) -> None:
    form = form_of(founder.get("/settings/money"))
    form |= {"rates-0-currency": "USD", "rates-0-rate": "92,5"}
    form |= {"rates-1-currency": "EUR", "rates-1-rate": "100", "rates-1-since": "2026-01-01"}
    assert founder.post("/settings/money", form).status_code == 302
    assert str(workspace.company.rates["USD"]) == "92.5"
    (dated,) = workspace.company.rates["EUR"]
    assert (dated.since.isoformat(), str(dated.rate)) == ("2026-01-01", "100")


def test_criteria_are_typed_as_they_stand_in_the_file(founder: Client, workspace: Workspace) -> None:
    form = form_of(founder.get("/settings/criteria"))
    refused = founder.post("/settings/criteria", form | {"text": "[[criteria]]\nversion = '2'\n"})
    assert error_at(refused, "text") == "criteria.0.valid_from: не указано"
    refused = founder.post("/settings/criteria", form | {"text": "name = 'Другая'"})
    assert error_at(refused, "text") == "Здесь только [[criteria]], а не name."
    more = form["text"] + "\n[[criteria]]\nversion = '2'\nvalid_from = 2027-01-01\n"
    assert founder.post("/settings/criteria", form | {"text": more}).status_code == 302
    assert [one.version for one in workspace.company.criteria] == ["1", "2"]


# ── the file ─────────────────────────────────────────────────────────────────


def test_file_is_taken_away_looked_through_and_put_in_place(loaded: Workspace, founder: Client) -> None:
    taken = founder.get("/settings/file/company.toml")
    assert taken.content.decode() == company_toml(loaded.company)
    assert 'filename="company.toml"' in taken.headers["Content-Disposition"]
    other = taken.content.decode().replace("response_sla_minutes = 60", "response_sla_minutes = 30")
    looked = founder.post("/settings/file", {"upload": SimpleUploadedFile("c.toml", other.encode())})
    assert "response_sla_minutes 60 30" in words(looked)
    assert loaded.company.response_sla_minutes == 60  # looking writes nothing
    confirmed = {"text": looked.context["text"].replace("\n", "\r\n"), "seen": looked.context["seen"]}
    assert "Сохранено, изменений: 1." in words(founder.post("/settings/file", confirmed, follow=True))
    built = loaded.lake.built_by()
    assert loaded.company.response_sla_minutes == 30
    assert built is not None
    assert built.response_sla_minutes == 30


def test_file_that_is_no_settings_or_drops_a_stage_in_use_is_refused(loaded: Workspace, founder: Client) -> None:
    def send(text: str) -> str:
        answer = founder.post("/settings/file", {"upload": SimpleUploadedFile("c.toml", text.encode())})
        assert answer.status_code == 400
        return error_at(answer, "upload")

    assert "company.toml не читается" in send("name = ")
    assert "colour: такой настройки нет" in unescape(send("colour = 1"))
    assert "Стадия «lost» есть в фактах" in send('zone = "UTC"')


def test_file_looked_through_before_another_change_is_not_put_in_place(
    founder: Client, workspace: Workspace
) -> None:
    other = company_toml(workspace.company).replace('name = "Компания"', 'name = "Качели"')
    looked = founder.post("/settings/file", {"upload": SimpleUploadedFile("c.toml", other.encode())})
    workspace.write_company(workspace.company.model_copy(update={"response_sla_minutes": 45}))
    refused = founder.post("/settings/file", {"text": looked.context["text"], "seen": looked.context["seen"]})
    assert refused.status_code == 409
    assert "response_sla_minutes 45 60" in words(refused)
    assert workspace.company.name == "Компания"


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("charlie", 200), ("bob", 403), ("dora", 403)])
def test_settings_are_for_founder_and_administrator(
    workspace: Workspace, signed_in: SignIn, name: str, status: int
) -> None:
    client = signed_in(name, "en")
    for path in ("/settings", "/settings/company", "/settings/file", "/settings/file/company.toml"):
        assert client.get(path).status_code == status
    if status == 403:
        assert client.post("/settings/company", {"name": "X"}).status_code == 403
        assert client.post("/settings/file", {"text": "", "seen": ""}).status_code == 403
    assert workspace.company.name == "Компания"
    assert signed_in("alice").get("/settings/nothing").status_code == 404
