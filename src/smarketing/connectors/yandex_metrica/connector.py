"""One counter of Yandex.Metrica as a connector of touches: a visit is a touch of a visitor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from smarketing.connectors.outside import spend
from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.rows import fact_tables
from smarketing.connectors.outside.streams import Assumption, Cursor, Health, Page, Record, Refused, Since, Stream
from smarketing.connectors.outside.trouble import Trouble
from smarketing.connectors.yandex_metrica.client import Counter, Row
from smarketing.facts.channels import clean_utm
from smarketing.facts.company import Company
from smarketing.facts.language import Text

SYSTEM = "metrica"
_TAGS = {"utm_source": "Source", "utm_medium": "Medium", "utm_campaign": "Campaign", "utm_content": "Content"}
_FIELDS = (
    "ym:s:visitID",
    "ym:s:dateTime",
    "ym:s:clientID",
    "ym:s:startURL",
    "ym:s:lastsignTrafficSource",
    *(f"ym:s:lastsignUTM{name}" for name in _TAGS.values()),
)
_STREAMS = (
    Stream("counter", Text("счётчик", "counter"), directory=True),
    Stream("visits", Text("визиты", "visits")),
)


class Options(BaseModel):
    """``counter``: its number. ``direct``: whether visits without any source are kept too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    counter: str
    direct: bool = False
    first_day: date | None = None


class YandexMetrica:
    """A connected counter. ``base_url``: ``https://api-metrika.yandex.net``."""

    kind = "yandex_metrica"

    def __init__(
        self,
        base_url: str,
        token: str,
        options: Options,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.options = options
        self.counter = Counter(base_url, token, options.counter, pace=pace, sleep=sleep)

    @property
    def traffic(self) -> Traffic:
        return self.counter.http.traffic

    @property
    def streams(self) -> Sequence[Stream]:
        return _STREAMS

    def health(self) -> Health:
        about = self.counter.about()
        return Health(title=str(about.get("name") or self.options.counter))

    def assumptions(self) -> Iterator[Assumption]:
        try:
            zone = self.counter.about().get("time_zone_name")
        except Trouble as trouble:
            yield Assumption("zone", _ZONE, None, trouble.code)
            return
        yield Assumption("zone", _ZONE, bool(zone), str(zone))

    def walk(
        self, stream: str, cursor: Cursor | None, *, now: datetime, since: Since | None = None
    ) -> Iterator[Page]:
        if stream == "counter":
            about = self.counter.about()
            said = {name: about.get(name) for name in ("id", "name", "time_zone_name")}
            yield Page(stream, [Record(self.options.counter, said)], {})
            return
        for span in spend.spans(cursor, now, first=self.options.first_day, since=since):
            for rows in self.counter.visits(span.first, span.last, _FIELDS):
                records, refused = _taken(row for row in rows if self.options.direct or _has_source(row))
                yield Page(stream, records, cursor or {}, refused=refused)
            yield Page(stream, [], span.cursor)

    def keys(self, stream: str) -> Iterator[Sequence[str]]:  # noqa: ARG002 the protocol's
        """Visits are not deleted."""
        yield from ()

    def settings(self, mirror: Mirror, company: Company) -> Mapping[str, object]:  # noqa: ARG002 the protocol's
        return {}

    def facts(
        self,
        mirror: Mirror,
        company: Company,
        *,
        after: int,
        upto: int,
        now: datetime,  # noqa: ARG002 the protocol's
    ) -> Iterator[Mapping[str, pa.Table]]:
        zone = _zone(mirror)
        changed = mirror.changed("visits", after, upto)
        while batch := list(islice(changed, 5_000)):
            yield fact_tables({"touches": [_touch(visit, company, zone) for visit in batch]})

    def close(self) -> None:
        self.counter.close()


def _taken(rows: Iterator[Row]) -> tuple[list[Record], list[Refused]]:
    records, refused = [], []
    for row in rows:
        body = {field.removeprefix("ym:s:"): text for field, text in row.items()}
        body["startURL"] = _page(body.get("startURL", ""))
        key = body.get("visitID", "")
        if _is_moment(body.get("dateTime", "")):
            records.append(Record(key, body))
        else:
            refused.append(Refused(key, body, "dateTime", _NO_MOMENT.fill(said=body.get("dateTime"))))
    return records, refused


def _has_source(row: Row) -> bool:
    return row.get("ym:s:lastsignTrafficSource") not in {"direct", "internal", ""}


def _page(address: str) -> str:
    """An address without what follows the question mark: forms leave personal data there."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _touch(visit: Stored, company: Company, zone: ZoneInfo) -> dict[str, Any]:
    body = visit.body
    tags = {tag: body.get(f"lastsignUTM{name}") for tag, name in _TAGS.items()}
    channel = clean_utm(tags, company.channels)
    return {
        "touch_id": f"{SYSTEM}:{visit.key}",
        "at": datetime.fromisoformat(body["dateTime"]).replace(tzinfo=zone),
        "visitor_id": body.get("clientID") or None,
        "channel": channel.lead_source or body.get("lastsignTrafficSource") or "unknown",
        "campaign": channel.campaign,
        "content": channel.ad,
        "kind": "visit",
    }


def _zone(mirror: Mirror) -> ZoneInfo:
    """The zone in which the counter writes its moments: its own, Moscow's where it does not say."""
    about = next((record.body for record in mirror.all("counter")), {})
    try:
        return ZoneInfo(str(about.get("time_zone_name") or ""))
    except (ZoneInfoNotFoundError, ValueError):
        return spend.MOSCOW


_ZONE = Text("счётчик говорит свой часовой пояс", "the counter tells its time zone")
_NO_MOMENT = Text("«{said}» не дата и время", "“{said}” is no date and time")
