"""What in this data will mislead a reader of the figures, though every row could be read?

Findings are told and nothing is thrown away: a closing before the creation stays a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company
from smarketing.facts.identity import EMPTY_VALUES, email_plain, phone_e164
from smarketing.facts.language import Text, plural
from smarketing.facts.query import literal
from smarketing.facts.tables import TABLES, Kind
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_number

RED_SHARE = Decimal("0.05")  # above this share of the rows (or the money) a finding is red
_EXAMPLES = 5
_NBSP = "\u00a0"


@dataclass(frozen=True)
class Finding:
    """One thing worth knowing about the data. ``amount`` is in the company's currency where money is concerned."""

    code: str
    text: Text
    count: int
    of: int  # how many rows were looked at
    examples: tuple[str, ...] = ()
    amount: Decimal | None = None
    red: bool = False


@dataclass(frozen=True)
class Fill:
    """How often one field says something; dashes, «нет», “Select” and the like count as empty."""

    table: str
    field: str
    filled: int
    written: int  # cells that are not blank, whatever they say
    rows: int


def number(value: int | Decimal) -> Text:
    """A number in both languages.

    >>> number(Decimal("34988.62"))
    Text(ru='34\\xa0988,62', en='34,988.62')
    """
    said = f"{value:,}"
    return Text(said.replace(",", _NBSP).replace(".", ","), said)


def money(amount: Decimal, company: Company) -> Text:
    """A sum in the company's currency, in both languages, to the kopeck."""
    ru, en = (say_number(amount, Unit.MONEY, language, company.currency, digits=2) for language in ("ru", "en"))
    return Text(ru, en)


def fact_findings(bench: Workbench, relations: Mapping[str, str], company: Company) -> tuple[Finding, ...]:
    """All findings that the facts of a load show; ``relations`` name the accepted rows by table."""
    look = _Look(bench, relations, company)
    return tuple(finding for finding in look.all() if finding.count)


@dataclass(frozen=True)
class _Look:
    bench: Workbench
    relations: Mapping[str, str]
    company: Company

    def all(self) -> Iterator[Finding]:
        has = self.relations.keys()
        if has >= {"leads", "stage_moves"}:
            yield self._closing_before_creation()
        if has >= {"leads", "payments"}:
            yield self._payment_above_amount()
        if "payments" in has:
            yield self._symbolic_sums()
        if has >= {"leads", "ad_spend"}:
            yield self._spend_without_leads()
            yield self._leads_without_spend()
            yield self._spend_without_campaign()
        if "clients" in has:
            yield self._bad_contacts("phone")
            yield self._bad_contacts("email")

    def _rows(self, table: str) -> int:
        return int(self.bench.one(f"SELECT COUNT(*) FROM {self.relations[table]}")[0])

    def _local_day(self, moment: str) -> str:
        return f"CAST(timezone({literal(self.company.zone)}, timezone('UTC', {moment})) AS DATE)"

    def _closing_before_creation(self) -> Finding:
        moved, created = self._local_day("m.entered_at"), self._local_day("l.created_at")
        found = self.bench.rows(
            f"SELECT DISTINCT l.lead_id FROM {self.relations['stage_moves']} m "
            f"JOIN {self.relations['leads']} l ON l.lead_id = m.lead_id WHERE {moved} < {created} ORDER BY 1"
        )
        text = Text(
            "{n} {leads}: стадия наступила раньше, чем создан лид. Похоже на опечатку в дате.",
            "{n} {leads}: a stage was reached before the lead was created. It looks like a slip in the date.",
        )
        return self._said("closing-before-creation", text, found, self._rows("leads"))

    def _payment_above_amount(self) -> Finding:
        found = self.bench.rows(
            f"SELECT l.lead_id FROM {self.relations['leads']} l JOIN (SELECT lead_id, SUM(amount) AS paid "
            f"FROM {self.relations['payments']} GROUP BY lead_id) p ON p.lead_id = l.lead_id "
            f"WHERE p.paid > l.amount ORDER BY 1"
        )
        text = Text(
            "{n} {leads}: оплачено больше суммы сделки.",
            "{n} {leads}: more was paid than the sum of the deal.",
        )
        return self._said("payment-above-amount", text, found, self._rows("payments"))

    def _symbolic_sums(self) -> Finding:
        found = self.bench.rows(
            f"SELECT payment_id FROM {self.relations['payments']} WHERE amount IN (0, 1, 9) ORDER BY 1"
        )
        text = Text(
            "Символические оплаты (0, 1 или 9): {n}. Они занижают средний чек.",
            "Symbolic payments (0, 1 or 9): {n}. They lower the average order.",
        )
        return self._said("symbolic-sums", text, found, self._rows("payments"))

    def _spend_without_leads(self) -> Finding:
        found = self.bench.rows(
            f"SELECT campaign, SUM(cost) FROM {self.relations['ad_spend']} WHERE campaign IS NOT NULL "
            f"AND campaign NOT IN (SELECT campaign FROM {self.relations['leads']} WHERE campaign IS NOT NULL) "
            f"GROUP BY campaign ORDER BY 2 DESC, 1"
        )
        spent = sum((Decimal(row[1]) for row in found), Decimal())
        text = Text(
            "Кампаний в расходах, которых не называет ни один лид: {n}, денег на них {money}.",
            "Campaigns in spend that no lead names: {n}, money on them {money}.",
        ).fill(n=number(len(found)), money=money(spent, self.company))
        total = self._sum("cost", "ad_spend")
        red = total > 0 and spent / total > RED_SHARE
        return Finding(
            "spend-without-leads", text, len(found), self._campaigns("ad_spend"), _first(found), spent, red
        )

    def _leads_without_spend(self) -> Finding:
        found = self.bench.rows(
            f"SELECT campaign, COUNT(*) FROM {self.relations['leads']} WHERE campaign IS NOT NULL "
            f"AND campaign NOT IN (SELECT campaign FROM {self.relations['ad_spend']} WHERE campaign IS NOT NULL) "
            f"GROUP BY campaign ORDER BY 2 DESC, 1"
        )
        leads = sum(int(row[1]) for row in found)
        text = Text(
            "Лидов с кампанией, которой нет в расходах: {leads} (таких кампаний: {n}).",
            "Leads with a campaign that spend lacks: {leads} (such campaigns: {n}).",
        ).fill(n=number(len(found)), leads=number(leads))
        rows = self._rows("leads")
        return Finding("leads-without-spend", text, leads, rows, _first(found), None, _is_red(leads, rows))

    def _spend_without_campaign(self) -> Finding:
        rows, spent = self.bench.one(
            f"SELECT COUNT(*), COALESCE(SUM(cost), 0) FROM {self.relations['ad_spend']} WHERE campaign IS NULL"
        )
        text = Text("Расход без кампании: {money}.", "Spend without a campaign: {money}.").fill(
            money=money(Decimal(spent), self.company)
        )
        return Finding("spend-without-campaign", text, int(rows), self._rows("ad_spend"), (), Decimal(spent))

    def _bad_contacts(self, field: str) -> Finding:
        values = [
            str(row[0])
            for row in self.bench.rows(
                f"SELECT {field} FROM {self.relations['clients']} WHERE {field} IS NOT NULL ORDER BY client_id"
            )
        ]
        if field == "phone":
            bad = [value for value in values if phone_e164(value, self.company.phone_region) is None]
            text = Text("Телефонов, которых не может быть: {n}.", "Phones that cannot exist: {n}.")
        else:
            bad = [value for value in values if email_plain(value) is None]
            text = Text("Адресов эл. почты с ошибкой: {n}.", "E-mail addresses with a mistake: {n}.")
        said = text.fill(n=number(len(bad)))
        return Finding(
            f"bad-{field}",
            said,
            len(bad),
            len(values),
            tuple(bad[:_EXAMPLES]),
            None,
            _is_red(len(bad), len(values)),
        )

    def _said(self, code: str, text: Text, found: Sequence[tuple[object, ...]], rows: int) -> Finding:
        said = text.fill(
            n=number(len(found)), leads=plural(len(found), ("лид", "лида", "лидов"), ("lead", "leads"))
        )
        return Finding(code, said, len(found), rows, _first(found), None, _is_red(len(found), rows))

    def _sum(self, column: str, table: str) -> Decimal:
        return Decimal(self.bench.one(f"SELECT COALESCE(SUM({column}), 0) FROM {self.relations[table]}")[0])

    def _campaigns(self, table: str) -> int:
        return int(self.bench.one(f"SELECT COUNT(DISTINCT campaign) FROM {self.relations[table]}")[0])


def fills(bench: Workbench, relations: Mapping[str, str], custom: Iterable[str] = ()) -> tuple[Fill, ...]:
    """The fill rate of every field of the leads, custom fields among them."""
    if "leads" not in relations:
        return ()
    longest = max(len(value.encode()) for value in EMPTY_VALUES)
    empty = ", ".join(literal(value) for value in sorted(EMPTY_VALUES))
    texts = {column.name: f'"{column.name}"' for column in TABLES["leads"].columns if column.kind is Kind.TEXT}
    texts |= {f"custom.{key}": f"json_extract_string(custom, {literal(f'$.{key}')})" for key in custom}
    # Cheapest first: no word for nothing begins with such a digit.
    counts = ", ".join(
        f"COUNT(CASE WHEN strlen({text}) > {longest} OR ({text} >= '1' AND {text} < ':') THEN 1 "
        f"WHEN {text} IS NOT NULL AND NOT list_contains([{empty}], LOWER(TRIM({text}))) THEN 1 END), COUNT({text})"
        for text in texts.values()
    )
    typed = [column.name for column in TABLES["leads"].columns if column.kind is not Kind.TEXT]
    counts += "".join(f', COUNT("{name}"), COUNT("{name}")' for name in typed)
    found = bench.one(f"SELECT COUNT(*), {counts} FROM {relations['leads']}")
    pairs = zip([*texts, *typed], found[1::2], found[2::2], strict=True)
    return tuple(
        Fill("leads", field, int(filled), int(written), int(found[0])) for field, filled, written in pairs
    )


def _first(found: Sequence[tuple[object, ...]]) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in found[:_EXAMPLES])


def _is_red(count: int, rows: int) -> bool:
    return rows > 0 and Decimal(count) / rows > RED_SHARE
