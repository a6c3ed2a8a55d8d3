"""What does a person say about an amoCRM account that the account itself does not?"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """Which of the account's fields carry what reports need: the id, the code or the name of a field of the card.

    ``pipelines``: ids of the pipelines to take; empty takes all. ``test_words``: a card whose name holds one of
    them as a word is a test.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    segment: str | None = None
    product: str | None = None
    region: str | None = None
    seller_quality: str | None = None
    hypothesis: str | None = None
    competitor: str | None = None
    pipelines: tuple[int, ...] = ()
    test_words: tuple[str, ...] = ("тест", "тестовый", "тестовая", "test")
