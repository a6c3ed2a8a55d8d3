"""What is each step called, and what does the step before mean for it?"""

from __future__ import annotations

from smarketing.analyses.diagnosis.result import Diagnosis, State, StepKey
from smarketing.facts.language import Text, plural

TITLES: dict[StepKey, Text] = {
    StepKey.ZONES: Text("Зоны ответственности", "Zones of responsibility"),
    StepKey.LEADS: Text("Число и качество лидов", "Number and quality of leads"),
    StepKey.NURTURING: Text("Прогрев лидов", "Nurturing of leads"),
    StepKey.RESOURCES: Text("Ресурсы и данные", "Resources and data"),
    StepKey.EXECUTION: Text("Качество исполнения", "Quality of execution"),
    StepKey.RESULT: Text("Взаимодействие и результат", "Interaction and result"),
}
STATE_NAMES: dict[State, Text] = {
    State.IN_ORDER: Text("в порядке", "in order"),
    State.ATTENTION: Text("требует внимания", "needs attention"),
    State.CANNOT_JUDGE: Text("пока не оценить", "cannot be judged yet"),
}
NOTHING_TO_DO = Text(
    "Менять ничего не нужно; проверить снова после закрытия месяца.",
    "Nothing needs changing; look again when the month is closed.",
)
LOAD_MORE = Text("Загрузить то, чего не хватает.", "Load what is missing.")

# For every step: what the state of the step before means for it. The first follows the last.
FOLLOWS: dict[StepKey, dict[State, Text]] = {
    StepKey.ZONES: {
        State.IN_ORDER: Text(
            "Круг замкнулся: результат и цифры отделов сходятся, границы зон работают.",
            "The circle is closed: the result and both departments' figures agree, the zones work.",
        ),
        State.ATTENTION: Text(
            "Круг возвращает сюда: результат или цифры отделов расходятся, и граница зон — первое, что уточнить.",
            "The circle leads back here: the result or the departments' figures part ways, and the border between "
            "the zones is the first thing to make clear.",
        ),
        State.CANNOT_JUDGE: Text(
            "Результат виден не весь: зоны проверяются по настройкам.",
            "The result is not all seen yet: the zones are checked by the settings.",
        ),
    },
    StepKey.LEADS: {
        State.IN_ORDER: Text(
            "Границы записаны: число и качество лидов относятся к зоне, а не к мнению о ней.",
            "The borders are written down: number and quality of leads belong to a zone, not to an opinion of it.",
        ),
        State.ATTENTION: Text(
            "Границы записаны не до конца: о числе и качестве лидов будут спорить, пока не пройден шаг 1.",
            "The borders are not all written down: number and quality of leads will be argued about until step 1 "
            "is done.",
        ),
        State.CANNOT_JUDGE: Text(
            "Границы неизвестны: цифры верны, а чья это зона, сказать нельзя.",
            "The borders are not known: the figures hold, whose zone they are cannot be said.",
        ),
    },
    StepKey.NURTURING: {
        State.IN_ORDER: Text(
            "Лиды приходят как задумано: если продаж не хватает, они теряются дальше.",
            "Leads come as planned: if sales are missing, they are lost further on.",
        ),
        State.ATTENTION: Text(
            "С лидами есть отклонение: прогрев его не исправит, но видно, что теряется сверх него.",
            "Leads are off the plan: nurturing will not mend that, but shows what is lost beyond it.",
        ),
        State.CANNOT_JUDGE: Text(
            "О лидах известно не всё: слабый прогрев пока не отличить от слабых лидов.",
            "Not all is known of the leads: weak nurturing cannot be told from weak leads yet.",
        ),
    },
    StepKey.RESOURCES: {
        State.IN_ORDER: Text(
            "Лиды не забывают: дальше вопрос, хватает ли на них денег, людей и сведений.",
            "Leads are not forgotten: the next question is whether money, people and data suffice for them.",
        ),
        State.ATTENTION: Text(
            "Лиды остаются без касаний: прежде чем добавлять денег, видно, чего не хватает — людей или сведений.",
            "Leads are left without touches: before money is added, see whether people or data are missing.",
        ),
        State.CANNOT_JUDGE: Text(
            "Прогрев виден не весь: это уже пробел в данных, его закрывает этот шаг.",
            "Nurturing is not all seen: that is a hole in the data, and this step closes it.",
        ),
    },
    StepKey.EXECUTION: {
        State.IN_ORDER: Text(
            "Сведения полны: исполнение судится по фактам.",
            "The data are complete: execution is judged by facts.",
        ),
        State.ATTENTION: Text(
            "В данных есть пробел: часть отклонений исполнения может быть пробелом учёта.",
            "There is a hole in the data: some deviations of execution may be nothing but that hole.",
        ),
        State.CANNOT_JUDGE: Text(
            "Ресурсы видны не все: исполнение судится без поправки на нагрузку.",
            "Resources are not all seen: execution is judged without regard to the load.",
        ),
    },
    StepKey.RESULT: {
        State.IN_ORDER: Text(
            "Исполнение в порядке: результат зависит от того, как отделы понимают друг друга.",
            "Execution is in order: the result depends on how the departments understand each other.",
        ),
        State.ATTENTION: Text(
            "Исполнение отклоняется: результат объясняется им раньше, чем спором о цифрах.",
            "Execution is off: it explains the result before any argument about figures does.",
        ),
        State.CANNOT_JUDGE: Text(
            "Об исполнении известно не всё: результат виден, а причина, возможно, нет.",
            "Not all is known of execution: the result is seen, its cause perhaps not.",
        ),
    },
}

_ALL_WELL = Text("Все шесть шагов в порядке.", "All six steps are in order.")
_BEGIN = Text(
    "{steps} из шести требуют внимания. Начать с шага {place}, «{title}»: он стоит раньше остальных.",
    "{steps} of six need attention. Begin with step {place}, “{title}”: it comes before the others.",
)
_ONLY = Text(
    "Внимания требует один шаг из шести: {place}, «{title}».",
    "One step of six needs attention: {place}, “{title}”.",
)
_NOTHING_SEEN = Text("Отклонений не видно.", "Nothing is seen to be out of order.")
_CANNOT = Text(" Пока не оценить: {steps}.", " Cannot be judged yet: {steps}.")


def conclusion(found: Diagnosis) -> Text:
    """The walk in one sentence, and one more for what cannot be judged."""
    first, unknown = found.first_to_mend, found.of(State.CANNOT_JUDGE)
    if first is None and not unknown:
        return _ALL_WELL
    said = _NOTHING_SEEN if first is None else _begin(found)
    told = _CANNOT.fill(steps=_listed(unknown)) if unknown else Text("", "")
    return Text(said.ru + told.ru, said.en + told.en)


def _begin(found: Diagnosis) -> Text:
    places = found.of(State.ATTENTION)
    title = TITLES[list(StepKey)[places[0] - 1]]
    if len(places) == 1:
        return _ONLY.fill(place=places[0], title=title)
    steps = plural(len(places), ("шаг", "шага", "шагов"), ("step", "steps"))
    said = Text(f"{len(places)} {steps.ru}", f"{len(places)} {steps.en}")
    return _BEGIN.fill(steps=said, place=places[0], title=title)


def _listed(places: tuple[int, ...]) -> Text:
    one, listed = len(places) == 1, ", ".join(map(str, places))
    return Text(f"{'шаг' if one else 'шаги'} {listed}", f"{'step' if one else 'steps'} {listed}")
