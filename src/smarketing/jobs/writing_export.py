"""How do the rules of writing back, a run and the log leave the product? As JSON whose keys are a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smarketing.connectors.outside.actions import LABELS, Done
from smarketing.facts.language import Language
from smarketing.jobs.writing_back import Acted, Rule
from smarketing.jobs.writing_log import Switched

RULES, RUN, LOG = "smarketing.writing_rules", "smarketing.writing", "smarketing.writing_log"
CONTRACT_VERSION = 1


def rules_data(connection: str, rules: Sequence[Rule], language: Language) -> dict[str, Any]:
    """What can be written there and what is on."""
    return {**_head(RULES, connection), "rules": [_rule(rule, language) for rule in rules]}


def run_data(acted: Acted, language: Language) -> dict[str, Any]:
    """What a run did or would do."""
    return {
        **_head(RUN, acted.connection),
        "at": acted.at.isoformat(),
        "dry": acted.dry,
        "left": acted.left,
        "actions": [_action(done, language) for done in acted.done],
    }


def log_data(connection: str, entries: Sequence[Done | Switched], language: Language) -> dict[str, Any]:
    """The newest lines of the log first: what was written and who switched what."""
    return {
        **_head(LOG, connection),
        "entries": [
            {"what": "action", **_action(one, language)} if isinstance(one, Done) else _switched(one)
            for one in entries
        ],
    }


def _head(contract: str, connection: str) -> dict[str, Any]:
    return {"contract": contract, "contract_version": CONTRACT_VERSION, "connection": connection}


def _rule(rule: Rule, language: Language) -> dict[str, Any]:
    return {
        "kind": rule.kind.value,
        "name": LABELS[rule.kind].say(language),
        "on": rule.since is not None,
        "since": rule.since and rule.since.isoformat(),
        "stopped": rule.stopped and rule.stopped.text.say(language),
    }


def _action(done: Done, language: Language) -> dict[str, Any]:
    action = done.action
    return {
        "at": done.at.isoformat(),
        "kind": action.kind.value,
        "name": LABELS[action.kind].say(language),
        "card": action.card,
        "url": action.url,
        "text": action.text,
        "person": action.person,
        "due_at": action.due_at and action.due_at.isoformat(),
        "outcome": done.outcome.value,
        "problem": done.problem and done.problem.say(language),
        "request": done.request,
        "answer": done.answer or None,
    }


def _switched(switched: Switched) -> dict[str, Any]:
    return {
        "what": "switched",
        "at": switched.at.isoformat(),
        "who": switched.who,
        "on": [kind.value for kind in switched.on],
        "off": [kind.value for kind in switched.off],
        "resumed": [kind.value for kind in switched.resumed],
    }
