"""What does an answer of the portal mean: good, try later, or tell a person what to do?

The table follows the vendor's documentation. Bodies of errors may be HTML of a proxy, so JSON is never taken for
granted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

ANSWER = "answer"  # where the parsed body of a response is kept


class TokenExpired(Trouble):
    """Only an application sees it: the pair is refreshed once and the call repeated."""


class TimeSpent(Trouble):
    """The method's budget of work is spent: this method waits, others may go on."""


WAY_OUT: Mapping[str, Text] = {
    "OVERLOAD_LIMIT": Text(
        "Битрикс24 заблокировал портал из-за нагрузки. Снять блокировку может только поддержка Битрикс24: "
        "напишите ей и остановите на это время подключение.",
        "Bitrix24 has blocked the portal because of load. Only its support can lift the block: write to them "
        "and pause the connection meanwhile.",
    ),
    "INVALID_CREDENTIALS": Text(
        "Портал не принял вебхук: он отозван или скопирован не полностью. Создайте вебхук заново и вставьте его "
        "адрес в подключение.",
        "The portal did not accept the webhook: it was revoked or copied in part. Make a new webhook and paste "
        "its address into the connection.",
    ),
    "INSUFFICIENT_SCOPE": Text(
        "У вебхука нет нужного права. Откройте его в «Разработчикам» и отметьте: CRM, пользователи, структура "
        "компании, задачи, чат и уведомления, телефония.",
        "The webhook lacks a right. Open it under “Developer resources” and tick: CRM, users, departments, tasks, "
        "chat and notifications, telephony.",
    ),
    "ACCESS_DENIED": Text(
        "Портал отказал в доступе. Чаще всего закончилась подписка на Маркет или тариф без REST; бывает, что у "
        "сотрудника, чей это вебхук, нет прав на эти данные.",
        "The portal refused access. Mostly the Market subscription ended or the plan has no REST; sometimes the "
        "person whose webhook it is may not see these data.",
    ),
    "USER_ACCESS_ERROR": Text(
        "Сотруднику, чей это вебхук, эти данные не видны. Дайте ему права администратора CRM или создайте вебхук "
        "от другого сотрудника.",
        "The person whose webhook it is may not see these data. Give them the rights of a CRM administrator or "
        "make the webhook as somebody else.",
    ),
    "PAYMENT_REQUIRED": Text(
        "Портал не оплачен: REST закрыт. Продлите тариф или подписку на Маркет.",
        "The portal is not paid for: REST is closed. Renew the plan or the Market subscription.",
    ),
    "HTTPS_REQUIRED": Text(
        "Портал требует https. Замените начало адреса подключения на https://.",
        "The portal demands https. Let the connection's address begin with https://.",
    ),
    "PORTAL_DELETED": Text(
        "Такого портала больше нет. Проверьте адрес; если портал переименован, вставьте новый адрес вебхука.",
        "There is no such portal any more. Check the address; if it was renamed, paste the webhook's new address.",
    ),
    "MOVED": Text(
        "Портал отвечает с другого адреса. Откройте портал в браузере и вставьте адрес вебхука с новым именем.",
        "The portal answers from another address. Open it in a browser and paste the webhook with the new name.",
    ),
    "INVALID_GRANT": Text(
        "Доступ приложения истёк или отозван. Установите приложение на портале заново.",
        "The application's access ended or was revoked. Install the application on the portal again.",
    ),
    "INVALID_CLIENT": Text(
        "Портал не узнал приложение. Проверьте client_id и client_secret в карточке приложения.",
        "The portal does not know the application. Check client_id and client_secret on the application's card.",
    ),
}
# The portal's code → the sentence that helps.
_LASTING: Mapping[str, str] = {
    "OVERLOAD_LIMIT": "OVERLOAD_LIMIT",
    "NO_AUTH_FOUND": "INVALID_CREDENTIALS",
    "INVALID_CREDENTIALS": "INVALID_CREDENTIALS",
    "INVALID_TOKEN": "INVALID_CREDENTIALS",
    "WRONG_AUTH_TYPE": "INSUFFICIENT_SCOPE",
    "INSUFFICIENT_SCOPE": "INSUFFICIENT_SCOPE",
    "ACCESS_DENIED": "ACCESS_DENIED",
    "USER_ACCESS_ERROR": "USER_ACCESS_ERROR",
    "ALLOWED_ONLY_INTRANET_USER": "USER_ACCESS_ERROR",
    "PAYMENT_REQUIRED": "PAYMENT_REQUIRED",
    "PORTAL_DELETED": "PORTAL_DELETED",
    "INVALID_GRANT": "INVALID_GRANT",
    "INVALID_CLIENT": "INVALID_CLIENT",
}
_PASSING = ("QUERY_LIMIT_EXCEEDED", "INTERNAL_SERVER_ERROR", "ERROR_UNEXPECTED_ANSWER", "ERROR_CORE")
# Without the right or the module for it, a stream that is not needed is left out and health says so.
NO_RIGHT = frozenset({"INSUFFICIENT_SCOPE", "ACCESS_DENIED", "USER_ACCESS_ERROR", "ERROR_METHOD_NOT_FOUND"})


def judge(response: httpx.Response) -> Trouble | None:
    """What an answer of the portal means; the parsed body of a good one is kept with it."""
    body = _parsed(response)
    if isinstance(body, dict) and isinstance(body.get("error"), str) and body["error"]:
        return trouble(body["error"], _said(body), response.status_code)
    if response.is_redirect:
        return LastingTrouble("portal-moved", WAY_OUT["MOVED"])
    if response.status_code >= 500 or response.status_code in (408, 429):
        return _broken(response.status_code)
    if response.status_code >= 400:
        return trouble("", "", response.status_code)
    if not isinstance(body, dict) or "result" not in body:
        return _garbled()
    response.extensions[ANSWER] = body
    return None


def trouble(code: str, said: str, status: int = 200) -> Trouble:
    """The trouble behind a code of the portal: also for one command of a batch, whose status says nothing."""
    known = _name(code, said)
    if known == "EXPIRED_TOKEN":
        return TokenExpired("expired-token", Text("Токен доступа истёк.", "The access token has expired."))
    if known == "OPERATION_TIME_LIMIT":
        return TimeSpent(
            "operation-time",
            Text(
                "Портал устал от запросов одного вида. Продолжим, когда он разрешит.",
                "The portal is tired of one kind of request. We go on when it lets us.",
            ),
        )
    if known == "QUERY_LIMIT_EXCEEDED":
        return PassingTrouble(
            "too-many-requests",
            Text(
                "Портал просит не спешить: запросов слишком много. Попробуем ещё раз по расписанию.",
                "The portal asks us to slow down: too many requests. It will be tried again on schedule.",
            ),
        )
    if known in _PASSING:
        return _broken(status)
    if known in _LASTING:
        return LastingTrouble(_LASTING[known].lower().replace("_", "-"), WAY_OUT[_LASTING[known]])
    return _by_status(known, said, status)


def refusal_of_tokens(response: httpx.Response) -> Trouble | None:
    """The same for the authorisation server, whose good answer has no ``result``."""
    body = _parsed(response)
    if isinstance(body, dict) and "access_token" in body and response.status_code == 200:
        response.extensions[ANSWER] = body
        return None
    if isinstance(body, dict) and isinstance(body.get("error"), str):
        return trouble(body["error"], _said(body), response.status_code)
    return _broken(response.status_code) if response.status_code >= 500 else _garbled()


def answer_of(response: httpx.Response) -> dict[str, Any]:
    """The body that :func:`judge` has parsed."""
    found: dict[str, Any] = response.extensions[ANSWER]
    return found


def no_right(trouble: Trouble) -> bool:
    """Is it only that we are not allowed this, or that the portal has no such thing?"""
    return trouble.code.upper().replace("-", "_") in NO_RIGHT


def no_card(trouble: Trouble) -> bool:
    """Is one card gone or closed to us, while others may be asked?"""
    return trouble.code in ("not-found", "access-denied")


def _name(code: str, said: str) -> str:
    name = code.upper()
    if name == "INVALID_REQUEST" and "https" in said.lower():
        return "HTTPS_REQUIRED"
    return name


def _by_status(code: str, said: str, status: int) -> Trouble:
    if code == "HTTPS_REQUIRED":
        return LastingTrouble("https-required", WAY_OUT[code])
    if status >= 500:
        return _broken(status)
    if status == 401:
        return LastingTrouble("invalid-credentials", WAY_OUT["INVALID_CREDENTIALS"])
    if status == 403:
        return LastingTrouble("access-denied", WAY_OUT["ACCESS_DENIED"])
    shown = " ".join(part for part in (code, said[:200]) if part) or str(status)
    name = code.lower().replace("_", "-") or f"http-{status}"
    return WrongAnswer(
        name,
        Text(
            f"Портал не понял запрос ({shown}). Это ошибка программы или непривычная версия портала: "
            "сообщите нам.",
            f"The portal did not understand the request ({shown}). It is our mistake or an unusual version of the "
            "portal: please tell us.",
        ),
    )


def _broken(status: int) -> PassingTrouble:
    return PassingTrouble(
        "portal-broken",
        Text(
            f"Портал временно не отвечает (код {status}). Попробуем ещё раз по расписанию.",
            f"The portal is out of order for now (status {status}). It will be tried again on schedule.",
        ),
    )


def _garbled() -> PassingTrouble:
    return PassingTrouble(
        "garbled-answer",
        Text(
            "Портал прислал не то, что обещает его описание. Попробуем ещё раз по расписанию.",
            "The portal sent something else than its description promises. It will be tried again on schedule.",
        ),
    )


def _parsed(response: httpx.Response) -> object:
    """The body as JSON without binary floats; None where it is none."""
    if response.content.lstrip()[:1] != b"{":
        return None
    try:
        return response.json(parse_float=str)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None


def _said(body: Mapping[str, Any]) -> str:
    return str(body.get("error_description") or "")


Judge = Callable[[httpx.Response], Trouble | None]
