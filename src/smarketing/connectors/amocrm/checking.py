"""Is the account good to read: what does its token not see, and which fields does the account itself require?"""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.connectors.amocrm.client import Api
from smarketing.connectors.amocrm.records import required_of, stage_code
from smarketing.connectors.outside.streams import Health
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.language import Text

# Streams that the rights of a person may hide; without them leads and their ways are still whole.
OPTIONAL = frozenset(
    {"users", "loss_reasons", "custom_fields", "unsorted", "lead_calls", "contact_calls", "tasks"}
)
_ASKED = {
    "users": (
        "users",
        Text(
            "Токен не видит список сотрудников: вместо имён в отчётах будут номера. Нужен токен администратора.",
            "The token does not see the list of users: reports will show numbers for names. An administrator's "
            "token is needed.",
        ),
    ),
    "leads/loss_reasons": (
        "loss_reasons",
        Text(
            "Токен не видит причины отказа: их названий в отчётах не будет.",
            "The token does not see the loss reasons: reports will not name them.",
        ),
    ),
    "leads/custom_fields": (
        "custom_fields",
        Text(
            "Токен не видит поля карточки: какие из них обязательны, неизвестно.",
            "The token does not see the fields of the card: which are required is not known.",
        ),
    ),
    "tasks": (
        "tasks",
        Text(
            "Токен не видит задачи: их в отчётах не будет.",
            "The token does not see tasks: reports will have none.",
        ),
    ),
    "events": (
        "events",
        Text(
            "Токен не видит событий: пути карточек по стадиям не прочитать. Нужен токен администратора.",
            "The token does not see events: the ways of cards cannot be read. An administrator's token is needed.",
        ),
    ),
}
_REQUIRED = Text(
    "amoCRM требует поля: {pipeline}, «{stage}» — {fields}.",
    "amoCRM requires fields: {pipeline}, “{stage}”: {fields}.",
)
_ROBOTS = Text(
    "Обязательные поля amoCRM проверяет у людей, а перевод через API и роботами пропускает: такие карточки "
    "считает smarketing show required.",
    "amoCRM asks people for required fields and lets moves by its API and robots pass: smarketing show required "
    "counts such cards.",
)


def health(api: Api) -> Health:
    """Raises :class:`Trouble` where nothing can be asked at all."""
    account = api.one("account", [("with", "datetime_settings,users_groups")])
    problems = [said for path, (name, said) in _ASKED.items() if not _sees(api, path, name)]
    title = str(account.get("name") or account.get("subdomain") or "")
    return Health(title, problems=problems, notes=[*_required(api)])


def _sees(api: Api, path: str, name: str) -> bool:
    """An empty list is a right answer, but of users: whoever asks is one."""
    try:
        return bool(api.page(path, name, 1, 1).items) or path != "users"
    except LastingTrouble as trouble:
        if trouble.code != "forbidden":
            raise
        return False


def _required(api: Api) -> Iterator[Text]:
    """One sentence for each stage at which the account itself asks for fields."""
    try:
        fields = [*_pages(api, "leads/custom_fields", "custom_fields")]
    except LastingTrouble:
        return  # told among the problems
    required = required_of(fields)
    for pipeline in api.page("leads/pipelines", "pipelines", 1, 250).items if required else ():
        for status in (pipeline.get("_embedded") or {}).get("statuses") or []:
            named = required.get(stage_code(pipeline["id"], status["id"]), ())
            if named:
                words = {"pipeline": pipeline["name"], "stage": status["name"]}
                yield _REQUIRED.fill(**words, fields=", ".join(field.name for field in named))
    if required:
        yield _ROBOTS


def _pages(api: Api, path: str, name: str) -> Iterator[dict[str, object]]:
    number = 1
    while True:
        listed = api.page(path, name, number, 250)
        yield from (dict(item) for item in listed.items)
        if not listed.more:
            return
        number += 1
