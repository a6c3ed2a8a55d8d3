"""Which systems pass the common suite? A connector adds its line here."""

from __future__ import annotations

from collections.abc import Callable

from tests.connectors.bitrix24.system import Bitrix24System
from tests.connectors.outside.suite import System

SYSTEMS: dict[str, Callable[[], System]] = {
    "bitrix24": Bitrix24System,
}
