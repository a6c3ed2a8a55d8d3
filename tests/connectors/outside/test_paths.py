"""Two pipelines become one path in which every stage of both has its place."""

from __future__ import annotations

from smarketing.connectors.outside.paths import SeenStage, as_settings, one_path, stage_keys, with_guesses
from smarketing.facts.company import Company, Milestone

WON, LOST = Milestone.WON, Milestone.LOST


def seen(pipeline: int, *names: str) -> list[SeenStage]:
    working = [SeenStage(name, (f"{pipeline}:{place}",)) for place, name in enumerate(names)]
    return [
        *working,
        SeenStage("Успех", (f"{pipeline}:142",), WON),
        SeenStage("Отказ", (f"{pipeline}:143",), LOST),
    ]


def test_pipelines_are_laid_over_each_other() -> None:
    path = one_path([seen(1, "Новая", "Звонок", "Договор"), seen(2, "Новая", "Замер", "Договор", "Монтаж")])
    assert [stage.name for stage in path] == ["Новая", "Замер", "Звонок", "Договор", "Монтаж", "Успех", "Отказ"]
    assert path[0].codes == ("1:0", "2:0")
    assert path[-2].codes == ("1:142", "2:142")


def test_losses_of_different_names_stay_apart_for_their_names_are_reasons() -> None:
    path = one_path([[SeenStage("Дорого", ("A",), LOST), SeenStage("Спам", ("B",), LOST)]])
    assert [stage.name for stage in path] == ["Дорого", "Спам"]


def test_milestones_are_guessed_from_names_and_never_over_what_the_account_says() -> None:
    names = [
        (stage.name, stage.milestone)
        for stage in with_guesses(one_path([seen(1, "Новая", "Взят в работу", "Договор")]))
    ]
    assert names[:3] == [("Новая", None), ("Взят в работу", Milestone.ACCEPTED), ("Договор", Milestone.DEAL)]
    told = [SeenStage("Договор", ("A",)), SeenStage("Сделка", ("B",), Milestone.DEAL)]
    assert with_guesses(told) == told


def test_settings_make_a_company_that_knows_the_stages_by_their_codes() -> None:
    company = Company.model_validate({"stages": as_settings(one_path([seen(1, "Новая", "Новая!")]))})
    assert [stage.key for stage in company.stages] == ["novaya", "novaya_2", "uspekh", "otkaz"]
    assert stage_keys(company)["1:143"] == "otkaz"
