from __future__ import annotations

from tests.support.connected import connected, portal, shop, toy_kind

__all__ = ["connected", "portal", "shop", "toy_kind"]
