"""What an ERP's schema may do overnight, and whom it costs what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from changing_erp import ChangingErp, erp_source
from company import DAY, NOW, Company
from extract_source import below, resolver, table
from receivables import night
from receivables.errors import AuditFailed, DataError, ReceivablesError, SettingsError
from receivables.extract import difference, land
from receivables.lake import Extract, Lake
from receivables.run import Run, night_of

ALL = {"invoice": "select * from erp.invoice"}
VIEW = """
create view erp.invoice as
select id as invoice_id, 'E1' as legal_entity_id, partner_id as customer_id,
    number as invoice_number, kind as document_type, posted as issue_date, posted as posting_date,
    'EUR' as currency, amount as gross_amount
from erp.move where state <> 'draft'
"""


@pytest.fixture(params=[False, True], ids=["whole", "incremental"])
def incremental(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(difference, "ROWS_MIN", 1)
    return bool(request.param)


@pytest.fixture
def erp(postgres_url: str) -> Iterator[ChangingErp]:
    changing = ChangingErp(postgres_url, seed=1)
    changing.run(VIEW)
    yield changing
    changing.engine.dispose()


class Nights:
    """Two sources: the ERP is the first, a folder of files the second."""

    def __init__(self, home: Path, url: str, *, incremental: bool) -> None:
        self.company, self.url, self.incremental = Company(home), url, incremental
        self.company.add("customer", customer_id="K1", legal_entity_id="E2")
        self.company.invoice("I1", "100.00", "2026-02-01", "K1", legal_entity_id="E2")
        self.company.write_erp()
        self.source = erp_source(home / "sql", incremental=incremental, **ALL)

    def land(self, number: int) -> Extract:
        """The ERP's landing of a night."""
        return land(self.source, lake=Lake(self.company.home / "home"), resolve=resolver(self.url),
                    known_at=NOW + timedelta(days=number), progress=lambda line: None)

    def run(self, number: int) -> Run:
        entity = {"name": "Seller", "country": "DE", "currency": "EUR", "bank_details": ["IBAN"]}
        installed = self.company.settings(
            sources={
                "erp": {"kind": "sql", "connection": "erp", "sql": self.source.sql,
                        "entities": ["E1"], "incremental": self.incremental},
                "files": {"kind": "files", "directory": "erp", "sql": "contract",
                          "entities": ["E2"]},
            },
            entities={"E1": entity, "E2": entity},
        )
        day = timedelta(days=number)
        return Run(settings=installed, as_of_date=DAY + day, now=NOW + day,
                   resolve=resolver(self.url), progress=lambda line: None)


@pytest.fixture
def nights(tmp_path: Path, erp: ChangingErp, postgres_url: str, incremental: bool) -> Nights:
    return Nights(tmp_path, postgres_url, incremental=incremental)


def ledger(run: Run, name: str) -> list[tuple[object, ...]]:
    """A table of a night's folder, without the rows' numbers."""
    file = night_of(run, "E1").file(name)
    with duckdb.connect() as engine:
        rows = engine.read_parquet(str(file))
        return rows.select(*[c for c in rows.columns if c != "source_row"]).order("all").fetchall()


def test_a_new_column_is_kept_in_landing_and_ignored(nights: Nights, erp: ChangingErp) -> None:
    night.extract(nights.run(0), "erp")
    night.validate(run := nights.run(0), "E1")
    before = ledger(run, "ledger/invoice")
    erp.run(VIEW.replace("create view", "create or replace view")
            .replace("as gross_amount", "as gross_amount, note as remark"))
    extract = nights.land(1)
    assert {row["remark"] for row in table(extract, "invoice")} == {"Goods 100 %"}
    assert "remark" in extract.content["tables"]["invoice"]["columns"]
    night.extract(nights.run(1), "erp")
    night.validate(run := nights.run(1), "E1")
    assert ledger(run, "ledger/invoice") == before


LOST = [
    # the SELECT                                              | error | says | because
    ("select * from erp.invoice", DataError, "required columns gross_amount are missing",
     "the SELECT takes whatever is there"),
    ("select invoice_id, legal_entity_id, customer_id, invoice_number, document_type, issue_date, "
     "posting_date, currency, gross_amount from erp.invoice", SettingsError,
     'column "gross_amount" does not exist; correct the SELECT', "the SELECT names the column"),
]


@pytest.mark.parametrize("text, error, says, because", LOST, ids=[row[3] for row in LOST])
def test_a_lost_column_stops_its_own_source_only(
    text: str, error: type[Exception], says: str, because: str, nights: Nights, erp: ChangingErp
) -> None:
    nights.source = erp_source(Path(nights.source.sql), incremental=nights.incremental,
                               invoice=text)
    whole = below(nights.land(0).folder)
    erp.run("drop view erp.invoice")
    erp.run(VIEW.replace("as gross_amount", "as total"))
    with pytest.raises(error) as refused:
        night.night(nights.run(1), ["E1", "E2"])
    said = str(refused.value)
    assert says in said, because
    assert "source erp, table invoice, " in said
    assert "invoice.sql" in said
    assert below(nights.land(0).folder) == whole
    other = Lake(nights.company.home / "home").official(
        as_of_date=nights.run(1).as_of_date, legal_entity_id="E2"
    )
    assert other is not None
    assert other.is_sealed, "the other source's night is published"
    landed, failures = night.extract_each(nights.run(2), ["erp", "files"])
    assert list(landed) == ["files"]
    assert [type(failure) for failure in failures] == [error]


FAILED = [
    # failures                                              | raised | because
    ([], None, "nothing failed"),
    ([SettingsError(["a"])], SettingsError, "one failure is raised as it is"),
    ([AuditFailed("a"), AuditFailed("b")], AuditFailed, "all of them are audits"),
    ([AuditFailed("a"), DataError("b")], DataError, "the data of one failed"),
]


@pytest.mark.parametrize("failures, raised, because", FAILED, ids=[row[2] for row in FAILED])
def test_what_failed_is_raised_together(
    failures: list[ReceivablesError], raised: type[Exception] | None, because: str
) -> None:
    if raised is None:
        night.raise_together(failures)
        return
    with pytest.raises(raised) as together:
        night.raise_together(failures)
    assert str(together.value) == "\n".join(str(failure) for failure in failures), because


def test_a_column_of_another_type_costs_the_rows_that_do_not_fit(
    nights: Nights, erp: ChangingErp
) -> None:
    nights.land(0)
    erp.run("drop view erp.invoice")
    erp.run("alter table erp.move alter amount type text")
    erp.run("update erp.move set amount = '12,5o' where id = :id",
            id=(bad := erp.one("move", "state = 'posted'")))
    erp.run("alter table erp.move alter posted type timestamp")
    erp.run(VIEW)
    night.extract(nights.run(1), "erp")
    night.validate(run := nights.run(1), "E1")
    quarantined = [row for row in ledger(run, "quarantine") if "invoice" in row]
    assert len(quarantined) == 1
    assert {"AMOUNT_MALFORMED", f"E1 / {bad}"} <= {str(value) for value in quarantined[0]}
    assert len(ledger(run, "ledger/invoice")) == len(table(nights.land(2), "invoice")) - 1
