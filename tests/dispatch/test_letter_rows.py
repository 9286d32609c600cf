"""From a night's rows to the letter in the outbox: what is demanded, and how it was worked out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
import yaml
from receivables import settings_file
from receivables.contract import INCLUDE
from receivables.dispatch.notice import DraftResult, notice_id
from receivables.dispatch.outbox import Outbox
from receivables.lake import Night
from receivables.publish.draft import draft_notices
from receivables.publish.letter import letter_of, read_lines
from receivables.select.policy_file import load_policy
from receivables.sql import Session, session
from test_letter import squeezed

AS_OF = date(2026, 7, 20)
NOW = datetime(2026, 7, 21, 3, tzinfo=UTC)
NOTICE = notice_id(
    legal_entity_id="DE", customer_id="C1", step="demand", cycle="I1/1", generation=0
)
TABLES = {
    "customer": "customer_id varchar, name varchar, time_zone varchar, "
    "salesperson_email varchar",
    "contact": "contact_id varchar, name varchar, email varchar, postal_address varchar",
    "notice": "notice_id varchar, customer_id varchar, step varchar, cycle varchar, "
    "generation integer, channel varchar, language varchar, recipient_role varchar, "
    "contact_id varchar, currency varchar, interest_mode varchar, policy_name varchar, "
    "approval_role varchar",
    "notice_item": "as_of_date date, customer_id varchar, notice_step varchar, cycle varchar, invoice_id varchar, "
    "instalment_no integer, item_step varchar, invoice_number varchar, document_type varchar, "
    "issue_date date, due_date date, days_past_due integer, currency varchar, "
    "original_amount decimal(18, 4), open_amount decimal(18, 4), "
    "dunning_exposure_amount decimal(18, 4), interest_amount decimal(18, 4), "
    "fixed_fee_amount decimal(18, 4), fine_amount decimal(18, 4), "
    "claimed_amount decimal(18, 4), needs_confirmation boolean, legal_basis varchar",
    "invoice": "invoice_id varchar, delivery_refs varchar, purchase_order_ref varchar, "
    "contract_date date",
    "interest_segment": "invoice_id varchar, instalment_no integer, segment_no integer, "
    "from_date date, until_date date, days integer, base_amount decimal(18, 4), "
    "annual_rate_percent decimal(18, 6), interest_amount decimal(18, 4), legal_basis varchar, "
    "needs_confirmation boolean",
}
LAW = "§ 288 Abs. 2 BGB"
# invoice, type, due, days, original, open, exposure, interest, fee, fine, claimed, unconfirmed
ITEMS = [
    ("I1", "invoice", "2026-05-29", 52, "10000", "7000", "6500", "117.72", "40", "0", "157.72"),
    ("I2", "interest_claim", "2026-05-15", 66, "1250", "0", "0", "14.07", "40", "0", "54.07"),
    ("I3", "debit_note", "2026-07-10", 10, "80", "80", "80", None, None, None, "0"),
]
# invoice, no, from, until, days, base, rate, interest
SEGMENTS = [
    ("I1", 2, "2026-06-16", "2026-06-30", 15, "7000", "10.27", "29.54"),
    ("I1", 1, "2026-05-30", "2026-06-15", 17, "10000", "10.27", "47.83"),
    ("I1", 3, "2026-07-01", "2026-07-20", 20, "7000", "10.52", "40.35"),
    ("I2", 1, "2026-05-16", "2026-06-24", 40, "1250", "10.27", "14.07"),
    ("I9", 1, "2026-05-16", "2026-06-24", 40, "1250", "10.27", "14.07"),
]


def insert(sql: Session, table: str, *rows: tuple[object, ...]) -> None:
    marks = ", ".join("?" for _ in rows[0])
    sql.connection.executemany(f"insert into {table} values ({marks})", [list(row) for row in rows])


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Session]:
    """A night with one notice in mode claim: an open invoice, one paid late, and a debit note."""
    with session(tmp_path / "scratch") as sql:
        for table, columns in TABLES.items():
            sql.connection.execute(f"create table {table} ({columns})")
        insert(sql, "customer", ("C1", "Müller & Söhne", "Europe/Berlin", None))
        insert(sql, "contact", ("K1", "Özlem Kaya", "kaya@buyer.example", "Hafenstraße 1\n20457 Hamburg"))
        insert(sql, "notice", (
            NOTICE, "C1", "demand", "I1/1", 0, "email", "de", "finance_director", "K1", "EUR", "claim",
            "standard", None,
        ))
        insert(sql, "notice_item", *(
            (AS_OF, "C1", "demand", "I1/1", item[0], 1, "demand", f"RE-{item[0]}", item[1], "2026-04-15",
             item[2], item[3], "EUR", *item[4:], None, LAW)
            for item in ITEMS
        ))
        insert(sql, "interest_segment", *(
            (invoice, 1, *row, LAW, False) for invoice, *row in SEGMENTS
        ))
        yield sql


def drafted(sql: Session, home: Path, name: str = "standard") -> tuple[DraftResult, list[Any], str]:
    """What drafting says, the outbox's items, and the plain letter."""
    settings = replace(settings_file.read(INCLUDE / "settings.yaml"), home=home)
    night = Night(AS_OF, "DE", NOW, home / "night")
    url = f"sqlite:///{home / 'outbox.sqlite'}"
    with closing(Outbox(url)) as outbox:
        result = draft_notices(
            sql, night, settings=settings, entity=settings.entities["DE"],
            policies={"standard": load_policy(name, AS_OF)}, outbox=outbox, now=NOW, release="schedule", is_live=True,
        )
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        items = connection.exec_driver_sql(
            "select invoice_id, amount from outbox_item order by invoice_id"
        ).fetchall()
        messages = connection.exec_driver_sql("select message from outbox").scalars().all()
    engine.dispose()
    if not messages:
        return result, items, ""
    plain, _ = message_from_bytes(messages[0], policy=policy.SMTP).iter_parts()
    return result, items, squeezed(plain.get_content())


def test_a_notice_that_claims_demands_principal_interest_and_compensation(
    rows: Session, tmp_path: Path
) -> None:
    result, items, letter = drafted(rows, tmp_path)
    assert (len(result.inserted), result.refused) == (1, ())
    assert [(name, Decimal(amount)) for name, amount in items] == [
        ("I1", Decimal("6657.72")), ("I2", Decimal("54.07")), ("I3", Decimal("80")),
    ]
    total = sum(Decimal(amount) for _, amount in items)
    assert total == Decimal("6791.79") and "Zu zahlen: 6.791,79 EUR" in letter
    assert "auf Ihrem Konto: -500,00 EUR" in letter, "the credit"
    assert "Verzugszinsen: 131,79 EUR Verzugspauschale: 80,00 EUR Zu zahlen" in letter
    assert "Verzugszinsen auf Rechnung RE-I2, verspätet bezahlt" in letter


def test_a_step_with_offers_proposes_what_its_policy_allows(rows: Session, tmp_path: Path) -> None:
    _, items, letter = drafted(rows, tmp_path, "gentle")
    assert sum(Decimal(amount) for _, amount in items) == Decimal("6791.79"), "all is demanded"
    assert (
        "bieten wir Ihnen an, 6.660,00 EUR in 3 Raten zu zahlen, jeweils fällig am genannten Tag: "
        "30.07.2026: 2.220,00 EUR 29.08.2026: 2.220,00 EUR 28.09.2026: 2.220,00 EUR Gehen alle"
    ) in letter, "131.79 of interest waived, the first within ten days"
    assert "Das Angebot gilt bis zum 30.07.2026" in letter, "before the deadline of 14 days"


def test_a_letter_has_the_shipping_documents_and_an_offer_only_if_its_step_makes_one(
    rows: Session, tmp_path: Path
) -> None:
    insert(rows, "invoice", ("I1", " CT-1; CT-2;;", None, None), ("I3", None, None, None))
    settings = settings_file.read(INCLUDE / "settings.yaml")
    night, entity = Night(AS_OF, "DE", NOW, tmp_path / "night"), settings.entities["DE"]
    gentle = load_policy("gentle", AS_OF)
    [row] = rows.rows("publish/letter")
    lines = read_lines(rows, "publish/letter_item", night, entity)[NOTICE]
    letters = {
        step.step: letter_of(row, lines, night, settings, entity, gentle, step)
        for step in gentle.steps
    }
    assert [line.delivery_refs for line in letters["demand"].lines] == [(), ("CT-1", "CT-2"), ()]
    assert [name for name, letter in letters.items() if letter.offer is not None] == ["demand"]
    attached = {name: letter.attached for name, letter in letters.items() if letter.attached}
    assert attached == {"reminder_2": ("commitment_letter",)}


@pytest.mark.parametrize(("language", "asked", "counted", "because"), [
    ("de-AT", None, 0, "German is German"),
    ("nl", "nl", 1, "nobody has written it in Dutch: English, and the report says so"),
    ("x" * 99, "x" * 34 + "…", 1, "whatever an ERP calls a language"),
])
def test_the_language_that_was_asked_for_is_kept_where_it_is_not_ours(
    rows: Session, tmp_path: Path, language: str, asked: str | None, counted: int, because: str
) -> None:
    rows.connection.execute("update notice set language = ?", [language])
    result, *_ = drafted(rows, tmp_path)
    assert result.in_another_language == counted, because
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'outbox.sqlite'}")
    with engine.connect() as connection:
        found = connection.exec_driver_sql("select language, language_asked from outbox").fetchall()
    engine.dispose()
    assert found == [("en" if counted else "de", asked)], because


def test_the_rows_of_an_item_stand_in_its_statement_by_day(rows: Session, tmp_path: Path) -> None:
    _, _, letter = drafted(rows, tmp_path)
    assert (
        "30.05.2026 15.06.2026 17 10.000,00 10,27 % 47,83 "
        "16.06.2026 30.06.2026 15 7.000,00 10,27 % 29,54 "
        "01.07.2026 20.07.2026 20 7.000,00 10,52 % 40,35 Verzugszinsen 117,72"
    ) in letter
    assert letter.count("16.05.2026 24.06.2026") == 1, "no row of an item that is not written about"
    assert f"Rechtsgrundlage: {LAW}" in letter
    assert "contract" not in letter, "the law is the rows', not the settings'"


def test_a_notice_in_several_currencies_has_each_row_once(rows: Session, tmp_path: Path) -> None:
    insert(rows, "notice", (
        NOTICE, "C1", "demand", "I1/1", 0, "email", "de", "finance_director", "K1", "USD", "claim",
        "standard", None,
    ))
    assert len(rows.rows("publish/letter")) == 1
    rows.create("letter_item", "publish/letter_item")
    assert len(rows.rows("publish/letter_line")) == len(ITEMS)
    assert len(rows.rows("publish/letter_segment")) == len(SEGMENTS) - 1
    assert len(drafted(rows, tmp_path)[0].inserted) == 1


NOT_CLAIMED = (
    "update notice set interest_mode = '{mode}'",
    "update notice_item set claimed_amount = 0",
    "delete from notice_item where document_type = 'interest_claim'",
)


@pytest.mark.parametrize(("mode", "told"), [("display", True), ("off", False)])
def test_a_step_that_does_not_claim_demands_the_principal_only(
    rows: Session, tmp_path: Path, mode: str, told: bool
) -> None:
    for change in NOT_CLAIMED:
        rows.connection.execute(change.format(mode=mode))
    result, items, letter = drafted(rows, tmp_path)
    assert len(result.inserted) == 1
    assert [Decimal(amount) for _, amount in items] == [Decimal("6500"), Decimal("80")]
    assert "Zu zahlen: 6.580,00 EUR" in letter
    assert ("117,72" in letter) == ("Zins" in letter) == (LAW in letter) == told


# what happens to the rows | fault | because
HARMED = [
    ("delete from interest_segment where segment_no = 3", "do not add up", "a row is lost"),
    ("update interest_segment set needs_confirmation = true", "nobody has confirmed", "unsure"),
    ("update notice_item set needs_confirmation = true", "nobody has confirmed", "unsure"),
    ("update notice_item set claimed_amount = 1", "not the item's interest", "out of nowhere"),
    ("update notice set interest_mode = 'display'", "its step does not", "a step that only tells"),
]


@pytest.mark.parametrize(("change", "fault", "because"), HARMED)
def test_a_notice_whose_interest_does_not_hold_is_refused_by_name(
    rows: Session, tmp_path: Path, change: str, fault: str, because: str
) -> None:
    rows.connection.execute(change)
    result, items, _ = drafted(rows, tmp_path)
    assert result.inserted == () and items == []
    [refusal] = result.refused
    assert refusal.notice_id == NOTICE and fault in str(refusal), because


# An invoice that falls due on Saturday 25 July 2026, five days after the night.
DUE_SOON = date(2026, 7, 25)
NO_RATE = {"annual_rate_percent": None}
EU = {"is_floating": True, "fixed_fee_amount": Decimal(40), "fine_percent": Decimal(0)}
# rule | currency | amount | what the letter says of it | because
TERMS: list[tuple[object, str, str, dict[str, object] | None, str]] = [
    ("none", "EUR", "100", None, "nothing is charged"),
    ("de_b2b", "EUR", "100",
     {**EU, "from_date": date(2026, 7, 28), "annual_rate_percent": Decimal("10.52")},
     "§ 193 BGB: due on Saturday means due on Monday; nine points above the base rate"),
    ("fr_b2b", "EUR", "100",
     {**EU, "from_date": date(2026, 7, 26), "annual_rate_percent": Decimal("12.4")},
     "the rate of the half-year of the night"),
    ("fr_b2b", "USD", "100", {"fixed_fee_amount": Decimal(0)}, "40 euros are no sum in dollars"),
    ("uk_b2b", "GBP", "999.99", {"fixed_fee_amount": Decimal(40)}, "below 1,000"),
    ("uk_b2b", "GBP", "1000.00", {"fixed_fee_amount": Decimal(70)}, "from 1,000 up"),
    ("uk_b2b", "GBP", "10000", {"fixed_fee_amount": Decimal(100)}, "from 10,000 up"),
    ("br_contract", "BRL", "100",
     {"annual_rate_percent": Decimal(12), "fine_percent": Decimal(2), "is_floating": False,
      "fixed_fee_amount": Decimal(0)}, "1 % a month, and a fine of 2 %"),
    ("br_taxa_legal", "BRL", "100", {"from_date": DUE_SOON}, "the first day counts"),
    ("us_contract_1_5_month", "USD", "100", NO_RATE, "from memory: no number is printed"),
    ("in_msmed", "INR", "100", {"is_compounded": True}, "with monthly rests"),
    ({"rule_id": "own", "annual_percent": "9.25", "legal_basis": "clause 7"}, "EUR", "100",
     {"annual_rate_percent": Decimal("9.25"), "is_floating": False, "is_compounded": False,
      "fixed_fee_amount": Decimal(0), "legal_basis": "clause 7"}, "a rate of our own contract"),
]


@pytest.mark.parametrize(
    ("rule", "currency", "amount", "said", "because"), TERMS, ids=[row[-1] for row in TERMS]
)
def test_what_lateness_will_cost_follows_from_the_rule_in_force(
    rows: Session, tmp_path: Path, rule: object, currency: str, amount: str,
    said: dict[str, object] | None, because: str,
) -> None:
    rows.connection.execute("delete from notice_item")
    insert(rows, "notice_item", (
        AS_OF, "C1", "demand", "I1/1", "I5", 1, "demand", "RE-I5", "invoice", "2026-06-25", DUE_SOON,
        -5, currency, amount, amount, amount, None, None, None, "0", None, None,
    ))
    insert(rows, "invoice", ("I5", "CT-1; CT-2;", None, "2026-01-01"))
    body = yaml.safe_load((INCLUDE / "settings.yaml").read_text(encoding="utf-8"))
    body["entities"]["DE"]["interest_rule"] = rule
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(body), encoding="utf-8")
    night = Night(AS_OF, "DE", NOW, tmp_path / "night")
    [[line]] = read_lines(rows, "publish/letter_item", night, settings_file.read(file).entities["DE"]).values()
    terms = line["terms"]
    assert line["delivery_refs"] == "CT-1; CT-2;"
    if said is None:
        assert terms is None
    else:
        assert {name: getattr(terms, name) for name in said} == said, because


def test_a_notice_about_what_is_overdue_has_no_terms(rows: Session, tmp_path: Path) -> None:
    settings = settings_file.read(INCLUDE / "settings.yaml")
    night = Night(AS_OF, "DE", NOW, tmp_path / "night")
    [lines] = read_lines(rows, "publish/letter_item", night, settings.entities["DE"]).values()
    assert [line["terms"] for line in lines] == [None] * len(ITEMS)
