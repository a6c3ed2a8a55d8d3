"""Which page tells a person what may stand in a folder of facts? It is written from the tables themselves.

``python -m smarketing.facts.docs docs/reference`` writes it in both languages; a test holds that it is current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.facts.tables import TABLES, Column, Kind, Table

PAGES: dict[Language, str] = {"ru": "facts.ru.md", "en": "facts.md"}

_TITLE = Text("Таблицы фактов", "Tables of facts")
_INTRO = Text(
    "Страница написана программой по `src/smarketing/facts/tables.py`: "
    "`python -m smarketing.facts.docs docs/reference`.\n\n"
    "Одна таблица — один файл в папке фактов: `leads.csv`, `leads.xlsx` или `leads.parquet`, CSV можно сжать в "
    "`.csv.gz`. Файл с таким именем и такими заголовками грузится без сопоставления. Обязательные колонки "
    "отмечены в последней колонке.",
    "This page is written by the program from `src/smarketing/facts/tables.py`: "
    "`python -m smarketing.facts.docs docs/reference`.\n\n"
    "One table is one file in a folder of facts: `leads.csv`, `leads.xlsx` or `leads.parquet`; a CSV may be "
    "packed as `.csv.gz`. A file of this name with these headings loads without a mapping. The last column marks "
    "what is required.",
)
_KINDS_TITLE = Text("Что стоит в колонке", "What stands in a column")
_KINDS: dict[Kind, Text] = {
    Kind.TEXT: Text("текст как есть; номера из 19 цифр не портятся", "text as it is; ids of 19 digits survive"),
    Kind.MOMENT: Text(
        "день и время, ISO 8601; без пояса — время компании",
        "a day and a time, ISO 8601; without a zone it is the company's time",
    ),
    Kind.DAY: Text("день: ГГГГ-ММ-ДД или ДД.ММ.ГГГГ", "a day: YYYY-MM-DD or DD.MM.YYYY"),
    Kind.MONTH: Text("месяц: ГГГГ-ММ", "a month: YYYY-MM"),
    Kind.MONEY: Text("сумма, два знака после запятой", "a sum of money, two decimal places"),
    Kind.NUMBER: Text("число, до шести знаков после запятой", "a number, up to six decimal places"),
    Kind.COUNT: Text("целое число", "a whole number"),
    Kind.FLAG: Text("да или нет: да, yes, true, 1", "yes or no: yes, true, 1"),
}
_IDENTITY_TITLE = Text("Как узнаётся та же строка", "How the same row is known")
_IDENTITY: dict[str, Text] = {
    "key": Text(
        "по ключу; строка с тем же ключом и другим содержанием становится новой версией",
        "by its key; a row with the same key and other content becomes the newer version",
    ),
    "event": Text(
        "по ключу, навсегда: такое событие уже было, вторая строка ничего не меняет",
        "by its key, for good: the event has been recorded, a second row changes nothing",
    ),
    "slice": Text(
        "загрузка заменяет все прежние строки того же среза; повторы внутри загрузки остаются",
        "a load replaces all earlier rows of the same slice; repeats inside the load stay",
    ),
}
_HEADS = Text(
    "| колонка | что это | вид | |\n| --- | --- | --- | --- |",
    "| column | what it is | kind | |\n| --- | --- | --- | --- |",
)
_REQUIRED = Text("обязательна", "required")
_IDENTITY_LINE = Text("Ключ: {key}. Узнаётся {how}.", "Key: {key}. Known {how}.")
_OPEN = Text(
    "Прочие колонки файла становятся своими полями лида. Чтобы поле участвовало в отчётах и критериях, назовите "
    "его в `custom_fields` файла `company.toml`.",
    "Other columns of the file become the lead's own fields. A field that reports or criteria need is named in "
    "`custom_fields` of `company.toml`.",
)

# What the names alone do not say.
_ABOUT: dict[str, Text] = {
    "leads": Text(
        "Одна строка — одна попытка продать: от первого контакта до денег или отказа. Лид Битрикс24 и сделка из "
        "него — один лид; повторная сделка — новый лид того же клиента. Тестовые лиды (`is_test`), дубли "
        "(`duplicate_of`) и удалённые в своей системе (`deleted_at`) хранятся и не считаются.",
        "One row is one attempt to sell, from the first contact to money or loss. A Bitrix24 lead and the deal it "
        "became are one lead; a repeat deal is a new lead of the same client. Tests (`is_test`), duplicates "
        "(`duplicate_of`) and cards removed from their system (`deleted_at`) are kept and not counted.",
    ),
    "stage_moves": Text(
        "Одна строка — вход лида в стадию. `stage` — ключ, название или один из `aliases` стадии из "
        "`company.toml`. `entered_at` может быть пустым: стадия достигнута, день неизвестен; такой переход виден "
        "в когорте и стоит отдельно в счёте по дате события.",
        "One row is a lead's entry into a stage. `stage` is the key, the name or one of the `aliases` of a stage "
        "in `company.toml`. `entered_at` may be empty: the stage was reached, the day is not known; such a move "
        "counts in the cohort and stands apart where events are counted by date.",
    ),
    "qualifications": Text(
        "Одна строка — одно решение о лиде. `verdict`: `target`, `non_target` или `unknown`. `judged_by`: `rule` "
        "или `person`; решение человека сильнее правила. Решения по правилам программа дописывает сама при "
        "загрузке.",
        "One row is one verdict on a lead. `verdict`: `target`, `non_target` or `unknown`. `judged_by`: `rule` or "
        "`person`; a person's verdict wins over the rule. Verdicts by rule are added by the program at each load.",
    ),
    "payments": Text(
        "Отрицательная сумма — возврат. `amount` — с НДС, если НДС указан в `vat`: выручка считается как "
        "`amount − vat`. `paid_at` может быть пустым: деньги есть, день неизвестен. `cost` — себестоимость, без "
        "неё нет маржи и ROMI.",
        "A negative amount is a refund. `amount` includes VAT where `vat` is given: revenue is `amount − vat`. "
        "`paid_at` may be empty: the money is known, its day is not. `cost` is the cost of goods; without it "
        "there is no margin and no ROMI.",
    ),
    "ad_spend": Text(
        "Одна строка — день и кампания (и объявление, если есть). Расход в отчётах — `cost − vat`. Новая выгрузка "
        "источника и кабинета (`account`) за день заменяет прежнюю целиком.",
        "One row is a day and a campaign (and an ad, if there is one). Spend in reports is `cost − vat`. A new "
        "export of a day of a source and its account replaces the earlier one as a whole.",
    ),
    "touches": Text(
        "Контакт маркетинга с человеком. Нужен номер клиента, лида или посетителя. Отправленная форма — `kind` "
        "`form` с номером лида: по ним сверка идёт поимённо.",
        "A contact of marketing with a person. The id of a client, a lead or a visitor is needed. A form is a "
        "touch of `kind` `form` with the lead's id: by them the reconciliation goes lead by lead.",
    ),
    "activities": Text(
        "Действие менеджера. Первым ответом считается самое раннее действие после создания лида с `kind` `call`, "
        "`letter`, `meeting`, `message` или `first_response`, кроме входящих (`direction` = `in`) и неудачных "
        "(`result` = `missed`, `no_answer`, `busy`, `failed`, `не дозвонились`, `недозвон`, `нет ответа`, "
        "`не ответил`, `пропущен`, `пропущенный`, `занято`, `сбой`).",
        "What a manager did. The first response is the earliest activity after the lead's creation whose `kind` "
        "is `call`, `letter`, `meeting`, `message` or `first_response`, except incoming ones (`direction` = `in`) "
        "and failed ones (`result` = `missed`, `no_answer`, `busy`, `failed`, `не дозвонились`, `недозвон`, "
        "`нет ответа`, `не ответил`, `пропущен`, `пропущенный`, `занято`, `сбой`).",
    ),
    "clients": Text(
        "Телефоны и адреса хранятся только здесь. Отчёты их не читают.",
        "Phones and e-mails are kept here alone. Reports do not read them.",
    ),
    "people": Text("Кто и когда в каком отделе.", "Who was in which department, and when."),
    "plans": Text(
        "Одно запланированное число. Вывод читает `leads`, `target_share`, `handled_share`, `handled_to_sale_cr`, "
        "`aov` и `revenue`: по сегментам, внутри сегмента по источникам или на всех сразу (пустой `segment`). "
        "Доли — от 0 до 1. План месяца приходит целиком: новая загрузка месяца заменяет прежнюю и становится "
        "новой версией плана.",
        "One planned number. The verdict reads `leads`, `target_share`, `handled_share`, `handled_to_sale_cr`, "
        "`aov` and `revenue`: by segment, by source inside a segment, or for all together (an empty `segment`). "
        "Shares run from 0 to 1. A plan of a month comes whole: a later load of the month replaces it and becomes "
        "a new version of the plan.",
    ),
    "plan_versions": Text(
        "Числа каждой сохранённой версии плана месяца. Пишет сам продукт, из файлов не читается.",
        "The numbers of every saved version of a month's plan. Written by the product, never read from a file.",
    ),
    "plan_log": Text(
        "Что происходило с планом: версия сохранена (`act` = `saved`, `origin` — `typed`, `file` или `implied`) "
        "или подтверждена отделом (`confirmed`, `department` — `marketing` или `sales`). Пишет сам продукт, из "
        "файлов не читается.",
        "What happened to a plan: a version was saved (`act` = `saved`, `origin` is `typed`, `file` or `implied`) "
        "or confirmed by a department (`confirmed`, `department` is `marketing` or `sales`). Written by the "
        "product, never read from a file.",
    ),
    "costs": Text(
        "Зарплаты, инструменты и прочее по месяцам. В полный CAC входят отделы `marketing` и `sales` "
        "(или «маркетинг» и «продажи»).",
        "Payroll, tools and other costs by month. The full CAC takes the departments `marketing` and `sales`.",
    ),
    "identity": Text(
        "Слово о двух клиентах (`kind` = `client`) или двух лидах (`lead`): `verdict` `same` или `other`. "
        "Действует последнее слово о паре. Клиенты с `same` считаются одним под номером `other`, лид `one` — "
        "дублем лида `other`; сами карточки остаются как есть, и слово можно взять назад.",
        "What was said of two clients (`kind` = `client`) or two leads (`lead`): `verdict` is `same` or `other`. "
        "The last word on a pair stands. Clients that are `same` count as one under the id `other`, the lead "
        "`one` as a duplicate of the lead `other`; the cards stay as they are, and the word can be taken back.",
    ),
    "reported": Text(
        "Цифра из собственного отчёта маркетинга, за день или за месяц. Сверка читает показатель `leads`.",
        "A figure from marketing's own report, of a day or of a month. The reconciliation reads `leads`.",
    ),
    "tasks": Text(
        "Одна строка — одна задача человека. `due_at` — срок, `done_at` — когда сделана: пусто, пока не сделана. "
        "Задача с `template` — регулярная: её ставит правило или шаблон (например, «обновить аудиторию раз в "
        "квартал»). Задача без срока хранится и в доле сделанных в срок не участвует.",
        "One row is one task of one person. `due_at` is when it is due, `done_at` when it was done: empty until "
        "then. A task with a `template` is a regular one, set by a rule or a template (such as “refresh the "
        "audience every quarter”). A task without a due moment is kept and takes no part in the share done on "
        "time.",
    ),
}


def page(language: Language) -> str:
    """The whole page in one language, as Markdown."""
    return "\n".join(_lines(language)) + "\n"


def write(folder: Path) -> None:
    """Write the pages of both languages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        (folder / PAGES[language]).write_text(page(language), encoding="utf-8")


def _lines(language: Language) -> Iterator[str]:
    yield f"# {_TITLE.say(language)}"
    yield ""
    yield _INTRO.say(language)
    yield ""
    yield f"## {_KINDS_TITLE.say(language)}"
    yield ""
    yield from (f"- `{kind}`: {text.say(language)}." for kind, text in _KINDS.items())
    yield ""
    yield f"## {_IDENTITY_TITLE.say(language)}"
    yield ""
    yield from (f"- `{identity}`: {text.say(language)}." for identity, text in _IDENTITY.items())
    for table in TABLES.values():
        yield from _table(table, language)


def _table(table: Table, language: Language) -> Iterator[str]:
    yield ""
    yield f"## `{table.name}`: {table.label.say(language)}"
    yield ""
    yield _ABOUT[table.name].say(language)
    yield ""
    yield _HEADS.say(language)
    yield from (_row(column, language) for column in table.columns)
    yield ""
    key = ", ".join(f"`{name}`" for name in table.key)
    yield _IDENTITY_LINE.fill(key=key, how=f"`{table.identity}`").say(language)
    if table.open:
        yield ""
        yield _OPEN.say(language)


def _row(column: Column, language: Language) -> str:
    required = _REQUIRED.say(language) if column.required else ""
    return f"| `{column.name}` | {column.label.say(language)} | {column.kind} | {required} |"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
