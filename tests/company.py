"""A small company for tests: say what happened, row by row, and run stages on it."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from receivables import night, publish, settings
from receivables.connections import connection
from receivables.contract import tables
from receivables.lake import Lake, Night, instant_name, write_json
from receivables.publish import warehouse
from receivables.publish.report import PublishReport
from receivables.run import Run
from receivables.settings import Settings
from receivables.sql import session
from receivables.validate.column import TYPES

ENTITY = "E1"
DAY = date(2026, 3, 31)
REQUIRED = ("customer", "invoice", "receipt", "allocation")


def after(day: date) -> datetime:
    """Two o'clock in the morning after a day, when its night runs."""
    return datetime.combine(day + timedelta(days=1), time(2), UTC)


NOW = after(DAY)


@dataclass(slots=True)
class Company:
    """One legal entity in EUR and UTC, its ERP a folder of CSV files.

    `add` takes a row of a contract table and fills in what the test does not care about.
    """

    home: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        number = len(self.rows.get(table, [])) + 1
        row = {**_defaults(table, number), **values}
        self.rows.setdefault(table, []).append(row)
        return row

    def customer(self, customer_id: str = "C1", **values: Any) -> dict[str, Any]:
        """A customer with a contact in accounts payable."""
        row = self.add("customer", customer_id=customer_id, **values)
        self.add("contact", customer_id=customer_id)
        return row

    def invoice(
        self, invoice_id: str, amount: str, due: date | str, customer_id: str = "C1", **values: Any
    ) -> dict[str, Any]:
        """A posted invoice with one due date."""
        return self.add(
            "invoice", invoice_id=invoice_id, invoice_number=f"No-{invoice_id}",
            gross_amount=amount, due_date=str(due), customer_id=customer_id, **values,
        )

    def payment(self, invoice_id: str, amount: str, on: date | str, **values: Any) -> None:
        """A receipt and its allocation to an invoice, on one day."""
        invoice = next(row for row in self.rows["invoice"] if row["invoice_id"] == invoice_id)
        receipt = self.add(
            "receipt", customer_id=invoice["customer_id"], amount=amount, receipt_date=str(on),
            currency=invoice["currency"],
        )
        self.add(
            "allocation", invoice_id=invoice_id, source_type="receipt",
            source_id=receipt["receipt_id"], allocation_date=str(on), amount=amount, **values,
        )

    @property
    def erp(self) -> Path:
        return self.home / "erp"

    def write_erp(self) -> None:
        """Drop every table as a CSV file, those that a source must give even if they are empty."""
        self.erp.mkdir(parents=True, exist_ok=True)
        for table, rows in {**{table: [] for table in REQUIRED}, **self.rows}.items():
            names = list(tables()[table].column_names)
            with (self.erp / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(rows)

    def settings(self, **changes: Any) -> Settings:
        """The installation's settings, written to a file first as a person would."""
        source = {"kind": "files", "directory": "erp", "sql": "contract", "entities": [ENTITY]}
        body: dict[str, Any] = {
            "home": "home",
            "time_zone": "UTC",
            "reporting_currency": "EUR",
            # The ERP is not asked again before a letter leaves, unless the test is about that.
            "mail": {"last_look_minutes": False, **changes.pop("mail", {})},
            "sources": {"erp": {**source, **changes.pop("source", {})}},
            "entities": {
                ENTITY: {
                    "name": "Seller", "country": "DE", "currency": "EUR",
                    "bank_details": ["IBAN DE02"], **changes.pop("entity", {}),
                }
            },
            **changes,
        }
        file = self.home / "settings.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(body), encoding="utf-8")
        return settings.load(file)

    def run(self, day: date = DAY, **values: Any) -> Run:
        """A run over a day, at two in the morning after it unless the test says otherwise."""
        changes = values.pop("settings", {})
        return Run(
            settings=self.settings(**changes),
            as_of_date=day,
            now=values.pop("now", NOW),
            resolve=lambda name: connection(name, os.environ),
            progress=lambda line: None,
            **values,
        )

    def night(self, day: date = DAY, **values: Any) -> PublishReport:
        """A whole night, on what the ERP holds just now, at two in the morning after the day."""
        self.write_erp()
        [report] = night.night(self.run(day, **{"now": after(day), **values}), [ENTITY])
        return report

    def official(self, day: date = DAY) -> Night:
        """The official night of a day, which was run."""
        official = Lake(self.home / "home").official(as_of_date=day, legal_entity_id=ENTITY)
        assert official is not None
        return official

    def quick_night(self, day: date = DAY, **values: Any) -> PublishReport:
        """A night without border and workbook: the rows are in the ledger, whatever they are."""
        lake = Lake(self.home / "home")
        if lake.official(as_of_date=day, legal_entity_id=ENTITY) is None:
            lake.open_official(self.ledger(day))
        run = self.run(day, **{"now": after(day), **values})
        night.balance(run, ENTITY)
        night.select(run, ENTITY)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(publish, "write_workbook", lambda *_: None)
            return night.publish(run, ENTITY)

    def ledger(self, day: date = DAY) -> Night:
        """A night whose ledger holds the rows as they are, for tests of later stages alone."""
        night = Lake(self.home / "home").night(
            as_of_date=day, legal_entity_id=ENTITY, known_at=after(day)
        )
        with self.session() as sql:
            for name, table in tables().items():
                columns = ", ".join(f'"{c.name}" {TYPES[c.type]}' for c in table.columns)
                sql.connection.execute(f'create table "{name}" ({columns})')
                if rows := self.rows.get(name, []):
                    marks = f"({', '.join('?' * len(table.columns))})"
                    sql.connection.execute(
                        f'insert into "{name}" values {", ".join([marks] * len(rows))}',
                        [row.get(column) for row in rows for column in table.column_names],
                    )
                sql.write_table(name, night.file(f"ledger/{name}"))
            for name, file in (("quarantine", "quarantine"),
                               ("check_result", "validate/check_result")):
                columns = ", ".join(
                    f"{column} {warehouse.TYPES[kind]}"
                    for column, (kind, _) in warehouse.tables()[name]["columns"].items()
                )
                sql.connection.execute(f"create table {name} ({columns})")
                sql.write_table(name, night.file(file))
        landed = instant_name(after(day))
        content = {"tables": {}, "input_hash": f"as it is on {day}"}
        write_json(self.home / "home" / "lake" / "landing" / "erp" / f"{landed}.json", content)
        night.record(
            legal_entity_id=ENTITY, as_of_date=str(day), source="erp", extract_id=landed,
            input_hash=content["input_hash"],
        )
        return night

    def session(self) -> Any:
        return session(self.home / "scratch")


def read(night: Night, table: str, columns: str = "*", order: str = "all") -> list[tuple[Any, ...]]:
    """Rows of a night's table."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"select {columns} from read_parquet(?) order by {order}", [str(night.file(table))]
        ).fetchall()


def _defaults(table: str, number: int) -> dict[str, Any]:
    values: dict[str, Any] = {"legal_entity_id": ENTITY} if tables()[table].by_legal_entity else {}
    return values | {
        "customer": {
            "name": "Buyer", "country": "DE", "language": "en", "payment_terms_days": 30,
        },
        "contact": {
            "contact_id": f"P{number}", "role": "accounts_payable", "name": "Accounts Payable",
            "email": f"payable{number}@buyer.example", "is_active": "true",
        },
        "invoice": {
            "customer_id": "C1", "document_type": "invoice", "issue_date": "2026-01-01",
            "posting_date": "2026-01-01", "currency": "EUR", "status": "posted",
            "invoice_number": f"No-{number}",
        },
        "instalment": {"instalment_no": 1},
        "receipt": {
            "receipt_id": f"R{number}", "customer_id": "C1", "currency": "EUR",
        },
        "allocation": {"allocation_id": f"A{number}", "source_type": "receipt"},
        "dispute": {"dispute_id": f"D{number}", "reason": "quality"},
        "promise": {"promise_id": f"PR{number}", "customer_id": "C1"},
        "agreement": {"agreement_id": f"AG{number}", "customer_id": "C1"},
        "hold": {"hold_id": f"H{number}", "reason": "asked"},
        "exchange_rate": {"to_currency": "EUR", "source": "test"},
    }.get(table, {})
