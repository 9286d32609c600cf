"""Each audit can fail, and a night that fails one is published nowhere and drafts nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from company import DAY, ENTITY, Company
from receivables import cli, night
from receivables.lake import Night
from receivables.sql import SQL
from seller import SETTINGS, copied, seller

I1 = "where invoice_id = 'I1'"
NOT_I1 = "where invoice_id <> 'I1'"

# audit, table, the rows of the table as somebody spoiled them, because
SPOILED = [
    ("buckets_sum_to_open_amounts", "open_item",
     "select * replace (if(invoice_id = 'I1', 'lost', aging_bucket) as aging_bucket) from rows",
     "an item in no bucket is missing from every column"),
    ("every_open_item_is_decided_once", "decision",
     f"select * from rows {NOT_I1}", "an item that nobody decided about"),
    ("every_open_item_is_decided_once", "decision",
     f"select * from rows union all select * from rows {I1}", "an item decided twice"),
    ("every_open_item_is_decided_once", "decision",
     "select * replace (if(invoice_id = 'I2', 'I9', invoice_id) as invoice_id) from rows",
     "a decision about an item that is not open"),
    ("every_open_item_is_decided_once", "decision",
     "select * replace (if(invoice_id = 'I4', open_amount + 0.01, open_amount) as open_amount) "
     "from rows", "a decision about another amount"),
    ("interest_rows_sum_to_the_item", "interest_segment",
     f"select * from rows {NOT_I1}", "interest without its segments"),
    ("interest_rows_sum_to_the_item", "interest_segment",
     "select * replace (interest_amount + 0.01 as interest_amount) from rows", "a cent too much"),
    ("interest_rows_sum_to_the_item", "interest_segment",
     f"select * from rows union all select * replace ('I9' as invoice_id) from rows {I1}",
     "interest of an item that is not open"),
    ("nobody_is_asked_for_more_than_the_net", "credit_item",
     "select * from rows union all select * replace ('X' as document_id, 'C1' as customer_id, "
     "-0.01 as amount, 'EUR' as currency) from rows limit 4",
     "credit that was not set off"),
    ("notices_ask_for_what_was_decided", "notice",
     "select * replace (demanded_amount + 0.01 as demanded_amount) from rows", "a cent too much"),
    ("notices_ask_for_what_was_decided", "notice",
     "select * from rows where customer_id <> 'C1'", "a customer that was forgotten"),
    ("notices_ask_for_what_was_decided", "notice_item",
     "select * replace (if(invoice_id = 'I1', 'I4', invoice_id) as invoice_id) from rows",
     "the letter lists a disputed invoice for the same sum"),
    ("notices_ask_for_what_was_decided", "notice_item",
     "select * replace (dunning_exposure_amount + 1 as dunning_exposure_amount) from rows",
     "the letter prints other amounts than its sum"),
    ("open_amounts_tie_to_documents", "ledger/invoice",
     "select * replace (if(invoice_id = 'I1', gross_amount + 0.01, gross_amount) as gross_amount) "
     "from rows", "an item that does not owe its invoice"),
    ("open_amounts_tie_to_documents", "ledger/allocation",
     "select * from rows where invoice_id <> 'I2'", "money set off that nobody paid"),
    ("open_amounts_tie_to_documents", "ledger/invoice",
     f"select * from rows {NOT_I1}", "an item without a document"),
]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The seller's first night up to `select`."""
    company = seller(tmp_path_factory.mktemp("decided"))
    run = company.run(settings=SETTINGS)
    run.lake.open_official(company.ledger())
    night.balance(run, ENTITY)
    night.select(run, ENTITY)
    return company


def _spoil(spoiled: Night, table: str, rows: str) -> None:
    file, new = spoiled.file(table), spoiled.file(f"{table}.new")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (with rows as (select * from read_parquet('{file}')) {rows}) "
            f"to '{new}' (format parquet)"
        )
    new.replace(file)


def _publish(company: Company) -> int:
    company.settings(**SETTINGS)
    return cli.main([
        "publish", "--as-of", DAY.isoformat(), "--settings", str(company.home / "settings.yaml"),
    ])


def test_every_audit_is_shown_to_fail() -> None:
    files = {file.stem for file in (SQL / "publish" / "audit").glob("*.sql")}
    assert files == {audit_id for audit_id, *_ in SPOILED}


@pytest.mark.parametrize("audit_id, table, rows, because", SPOILED)
def test_a_spoiled_night_is_not_published(
    decided: Company,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    audit_id: str,
    table: str,
    rows: str,
    because: str,
) -> None:
    company = copied(decided, tmp_path)
    _spoil(company.official(), table, rows)
    assert _publish(company) == 1, because
    said = capsys.readouterr().err
    assert f"{audit_id}: " in said and "not published" in said, because
    assert not company.official().is_sealed
    assert not (company.home / "home" / "warehouse.duckdb").exists()
    assert not (company.home / "home" / "outbox.sqlite").exists() or _letters(company) == 0
    assert not list((company.home / "home").glob("workbooks/*"))


def _letters(company: Company) -> int:
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        return connection.execute("select count(*) from outbox").fetchone()[0]


def test_an_unspoiled_night_is_published(
    decided: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company = copied(decided, tmp_path)
    assert _publish(company) == 0
    assert "flagged" in capsys.readouterr().out, "there is no history that breakers could judge by"
    assert company.official().is_sealed


def test_one_legal_entity_that_fails_stops_no_other(
    decided: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = []

    def publish(run: object, legal_entity_id: str) -> str:
        if legal_entity_id == "E1":
            raise night.AuditFailed("E1: not published")
        published.append(legal_entity_id)
        return legal_entity_id

    seller_settings = {"name": "Seller", "country": "DE", "currency": "EUR"}
    run = copied(decided, tmp_path).run(settings={
        "source": {"entities": ["E1", "E2"]},
        "entities": {"E1": seller_settings, "E2": seller_settings},
    })
    for stage in ("extract", "validate", "balance", "select"):
        monkeypatch.setattr(night, stage, lambda *_, **__: None)
    monkeypatch.setattr(night, "publish", publish)
    with pytest.raises(night.AuditFailed, match="E1"):
        night.night(run, ["E1", "E2"])
    assert published == ["E2"]
