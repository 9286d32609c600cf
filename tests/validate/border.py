"""One company whose ERP holds every defect of the table below, each in a row of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from company import ENTITY, Company
from receivables.contract import tables
from receivables.lake import Night

OTHER_ENTITY = "E2"

# table, what is wrong in an otherwise good row, reason code, because
DEFECTS: list[tuple[str, dict[str, str], str, str]] = [
    ("invoice", {"gross_amount": "1_000.00"}, "AMOUNT_MALFORMED", "parsers read it as 1000"),
    ("invoice", {"gross_amount": "１２３.４５"}, "AMOUNT_MALFORMED", "digits of another script"),
    ("invoice", {"gross_amount": "NaN"}, "AMOUNT_MALFORMED", "PostgreSQL would take it"),
    ("invoice", {"gross_amount": "1E3"}, "AMOUNT_MALFORMED", "an exponent is a spreadsheet's"),
    ("invoice", {"gross_amount": "0x10"}, "AMOUNT_MALFORMED", "an engine reads it as 16"),
    ("invoice", {"gross_amount": "Infinity"}, "AMOUNT_MALFORMED", "no sum of money"),
    ("invoice", {"gross_amount": "-5.00"}, "AMOUNT_MALFORMED", "the type gives the sign"),
    ("invoice", {"gross_amount": "-0.00"}, "AMOUNT_MALFORMED", "nothing has no sign"),
    ("invoice", {"gross_amount": ""}, "VALUE_MISSING", "no sum"),
    ("invoice", {"gross_amount": "1,000.00"}, "AMOUNT_MALFORMED", "a comma is a decimal point"),
    ("invoice", {"gross_amount": "5.00001"}, "AMOUNT_MALFORMED", "five decimal places"),
    ("invoice", {"gross_amount": "5.001"}, "AMOUNT_TOO_FINE", "EUR has two decimal places"),
    ("invoice", {"gross_amount": "5.50", "currency": "JPY"}, "AMOUNT_TOO_FINE", "JPY has none"),
    ("invoice", {"gross_amount": "1" * 13}, "AMOUNT_MALFORMED", "sums would overflow"),
    ("invoice", {"currency": "EURO"}, "CURRENCY_UNKNOWN", "not of ISO 4217"),
    ("invoice", {"currency": "eur"}, "CURRENCY_UNKNOWN", "codes are capitals"),
    ("invoice", {"issue_date": "2025-02-30"}, "VALUE_UNREADABLE", "no such day"),
    ("invoice", {"issue_date": "31/03/2025"}, "DATE_MALFORMED", "another notation"),
    ("invoice", {"issue_date": "2026-3-1"}, "DATE_MALFORMED", "an engine would read it"),
    ("invoice", {"due_date": "infinity"}, "VALUE_UNREADABLE", "an engine knows that date"),
    ("invoice", {"due_date": "epoch"}, "VALUE_UNREADABLE", "an engine reads it as 1970"),
    ("invoice", {"due_date": "31/03/2026"}, "VALUE_UNREADABLE", "another notation"),
    ("invoice", {"due_date": "2036-03-01"}, "DUE_DATE_IMPLAUSIBLE", "ten years after its issue"),
    ("invoice", {"due_date": "2016-03-01"}, "DUE_DATE_IMPLAUSIBLE", "ten years before its issue"),
    ("invoice", {"cancelled_on": "infinity"}, "VALUE_UNREADABLE", "an engine knows that date"),
    ("invoice", {"customer_id": "NOBODY"}, "CUSTOMER_UNKNOWN", "nobody owes it"),
    ("invoice", {"document_type": "bill"}, "DOCUMENT_TYPE_UNKNOWN", "owed, or to the customer?"),
    ("invoice", {"status": "draft"}, "STATUS_UNKNOWN", "it may not be owed"),
    ("invoice", {"invoice_id": "CON\x07TROL"}, "VALUE_MALFORMED", "breaks files and logs"),
    ("invoice", {"invoice_number": "No\x00"}, "VALUE_UNREADABLE", "PostgreSQL cannot store it"),
    ("invoice", {"description": "a\x00b"}, "VALUE_UNREADABLE", "PostgreSQL cannot store it"),
    ("invoice", {"legal_entity_id": "E9"}, "ENTITY_UNKNOWN", "of no legal entity of ours"),
    ("invoice", {"legal_entity_id": ""}, "ENTITY_UNKNOWN", "of no legal entity at all"),
    ("customer", {"country": "Germany"}, "COUNTRY_UNKNOWN", "not a two-letter code"),
    ("customer", {"payment_terms_days": "-1"}, "VALUE_MALFORMED", "due before it is issued"),
    ("customer", {"payment_terms_days": "1_0"}, "VALUE_MALFORMED", "an engine reads it as 10"),
    ("customer", {"annual_revenue_amount": "1_000"}, "VALUE_UNREADABLE", "read as 1000"),
    ("customer", {"is_dunning_blocked": "perhaps"}, "VALUE_UNREADABLE", "a block may be meant"),
    ("customer", {"updated_at": "yesterday"}, "VALUE_UNREADABLE", "no instant"),
    ("contact", {"role": "boss"}, "ROLE_UNKNOWN", "no step writes to a boss"),
    ("contact", {"email": "one@secret.example, two@secret.example"}, "EMAIL_MALFORMED",
     "two addresses"),
    ("contact", {"email": "Eve <eve@secret.example>"}, "EMAIL_MALFORMED", "not a bare address"),
    ("contact", {"customer_id": "NOBODY"}, "CUSTOMER_UNKNOWN", "nobody's contact"),
    ("instalment", {"amount": "-50.00"}, "AMOUNT_MALFORMED", "negative"),
    ("instalment", {"amount": "5.001"}, "AMOUNT_TOO_FINE", "EUR has two decimal places"),
    ("instalment", {"instalment_no": "one"}, "VALUE_MALFORMED", "not a number"),
    ("instalment", {"invoice_id": "NOT-THERE"}, "INVOICE_UNKNOWN", "part of no invoice"),
    ("receipt", {"amount": "１２３.４５"}, "AMOUNT_MALFORMED", "digits of another script"),
    ("receipt", {"amount": "-10.00"}, "AMOUNT_MALFORMED", "a receipt is money that arrived"),
    ("receipt", {"amount": "10.50", "currency": "JPY"}, "AMOUNT_TOO_FINE", "JPY has none"),
    ("receipt", {"receipt_date": "2025-02-30"}, "VALUE_UNREADABLE", "no such day"),
    ("receipt", {"receipt_date": "2027-04-03"}, "RECEIPT_DATE_IMPLAUSIBLE", "a year and a day ahead"),
    ("receipt", {"amount": "0.00"}, "AMOUNT_MALFORMED", "no money arrived"),
    ("receipt", {"customer_id": "NOBODY"}, "CUSTOMER_UNKNOWN", "nobody's money"),
    ("receipt", {"receipt_id": "CON\x1fTROL"}, "VALUE_MALFORMED", "breaks files and logs"),
    ("allocation", {"invoice_id": "NOT-THERE"}, "INVOICE_UNKNOWN", "paid nothing"),
    ("allocation", {"source_id": "NOT-THERE"}, "SOURCE_UNKNOWN", "from no receipt"),
    ("allocation", {"source_type": "credit_note", "source_id": "I-GOOD"}, "SOURCE_UNKNOWN",
     "an invoice is no credit note"),
    ("allocation", {"source_type": "barter"}, "SOURCE_TYPE_UNKNOWN", "neither cash nor credit"),
    ("allocation", {"source_id": "R-CHF"}, "CURRENCY_DISAGREES", "francs pay no euros unrated"),
    ("allocation", {"source_id": "R-USD"}, "RATE_TOO_OLD", "the last rate is of years before"),
    ("allocation", {"amount": "5.001"}, "AMOUNT_TOO_FINE", "EUR has two decimal places"),
    ("allocation", {"reversed_on": "infinity"}, "VALUE_UNREADABLE", "an engine knows that date"),
    ("dispute", {"invoice_id": "NOT-THERE"}, "INVOICE_UNKNOWN", "about nothing"),
    ("dispute", {"opened_on": "soon"}, "DATE_MALFORMED", "not a date"),
    ("dispute", {"dispute_id": "CON\x02TROL"}, "VALUE_UNREADABLE", "breaks files and logs"),
    ("promise", {"amount": "0"}, "AMOUNT_MALFORMED", "nothing is promised"),
    ("promise", {"invoice_id": "NOT-THERE"}, "INVOICE_UNKNOWN", "about nothing"),
    ("agreement", {"customer_id": "NOBODY"}, "CUSTOMER_UNKNOWN", "with nobody"),
    ("agreement", {"invoice_ids": "NOT-THERE"}, "INVOICE_UNKNOWN", "about nothing"),
    ("agreement", {"invoice_ids": "I-GOOD; NOT-THERE"}, "INVOICE_UNKNOWN", "in part about nothing"),
    ("agreement", {"invoice_ids": "I-GOOD,I-CONTROL"}, "INVOICE_UNKNOWN", "not listed with ;"),
    ("agreement_instalment", {"agreement_id": "NOT-THERE"}, "AGREEMENT_UNKNOWN", "of none"),
    ("hold", {"customer_id": "", "invoice_id": ""}, "SUBJECT_UNKNOWN", "holds nobody"),
    ("hold", {"held_until": ""}, "VALUE_MISSING", "no hold is for ever"),
    ("contact_event", {"outcome": "shouted"}, "OUTCOME_UNKNOWN", "what follows from it?"),
    ("contact_event", {"occurred_at": "infinity"}, "VALUE_UNREADABLE", "no instant"),
    ("exchange_rate", {"rate": "0"}, "AMOUNT_MALFORMED", "everything would be free"),
    ("exchange_rate", {"rate": "1e-3"}, "AMOUNT_MALFORMED", "an exponent is a spreadsheet's"),
    ("exchange_rate", {"from_currency": ""}, "VALUE_MISSING", "a rate joins two currencies"),
    ("ledger_balance", {"amount": "NaN"}, "AMOUNT_MALFORMED", "PostgreSQL would take it"),
    ("ledger_balance", {"currency": ""}, "VALUE_MISSING", "an amount without currency"),
]

# A good row of each table, but for the columns that identify it.
GOOD: dict[str, dict[str, str]] = {
    "customer": {},
    "contact": {"customer_id": "C-GOOD"},
    "invoice": {"customer_id": "C-GOOD", "gross_amount": "100.00", "due_date": "2026-03-01"},
    "instalment": {"invoice_id": "I-GOOD", "due_date": "2026-03-01", "amount": "1.00"},
    "receipt": {"customer_id": "C-GOOD", "amount": "10.00", "receipt_date": "2026-03-01"},
    "allocation": {
        "invoice_id": "I-GOOD", "source_id": "R-GOOD", "allocation_date": "2026-03-01",
        "amount": "1.00",
    },
    "dispute": {"invoice_id": "I-GOOD", "opened_on": "2026-03-01"},
    "promise": {
        "customer_id": "C-GOOD", "amount": "1.00", "promised_on": "2026-03-01",
        "due_on": "2026-03-02",
    },
    "agreement": {"customer_id": "C-GOOD", "agreed_on": "2026-03-01"},
    "agreement_instalment": {
        "agreement_id": "AG-GOOD", "due_date": "2026-03-01", "amount": "1.00",
    },
    "hold": {"customer_id": "C-GOOD", "held_from": "2026-03-01", "held_until": "2026-03-02"},
    "contact_event": {
        "customer_id": "C-GOOD", "occurred_at": "2026-03-01T10:00:00Z", "outcome": "note",
    },
    "exchange_rate": {"from_currency": "USD", "rate": "0.9"},
    "ledger_balance": {"balance_date": "2026-03-31", "currency": "EUR", "amount": "1.00"},
}

# Which column tells the rows of a table apart, and how row n is called in it.
IDENTITIES = {
    "customer": ("customer_id", "C{}"),
    "contact": ("contact_id", "PX{}"),
    "invoice": ("invoice_id", "I{}"),
    "instalment": ("instalment_no", "{}"),
    "receipt": ("receipt_id", "R{}"),
    "allocation": ("allocation_id", "A{}"),
    "dispute": ("dispute_id", "D{}"),
    "promise": ("promise_id", "PR{}"),
    "agreement": ("agreement_id", "AG{}"),
    "agreement_instalment": ("instalment_no", "{}"),
    "hold": ("hold_id", "H{}"),
    "contact_event": ("event_id", "EV{}"),
    "exchange_rate": ("rate_date", "20{}-01-01"),
    "ledger_balance": ("account", "{}"),
}

# Customers with an overdue invoice each: one table's row of theirs is in quarantine.
HELD = {
    "invoice": {"gross_amount": "x"},
    "instalment": {"amount": "x"},
    "receipt": {"amount": "x"},
    "allocation": {"amount": "x"},
    "dispute": {"opened_on": "x"},
    "promise": {"due_on": "x"},
    "agreement": {"agreed_on": "x"},
    "agreement_instalment": {"paid_on": "x"},
    "hold": {"held_until": "x"},
}


class Border:
    """The company, and which rows (table, number in its file) must be in quarantine and why."""

    def __init__(self, home: Path) -> None:
        self.company = Company(home)
        self.expected: dict[tuple[str, int], str] = {}
        self._add_good_rows()
        for table, wrong, reason_code, _ in DEFECTS:
            self.add_defect(table, wrong, reason_code)
        self._add_contract_defects()
        self._add_duplicates()
        self._add_held_customers()

    def add(self, table: str, **values: Any) -> tuple[str, int]:
        """Add a row that is good but for `values`; which one it is."""
        number = len(self.company.rows.get(table, [])) + 1
        column, pattern = IDENTITIES[table]
        identity = {column: pattern.format(number + 10)}
        self.company.add(table, **{**GOOD[table], **identity, **values})
        return table, number

    def add_defect(self, table: str, wrong: dict[str, str], reason_code: str) -> None:
        self.expected[self.add(table, **wrong)] = reason_code

    def _add_good_rows(self) -> None:
        self.company.customer("C-GOOD")
        self.company.customer("C-CONTROL")
        self.add("invoice", invoice_id="I-CONTROL", customer_id="C-CONTROL")
        self.add("invoice", invoice_id="I-GOOD")
        self.add("invoice", invoice_id="I-ALSO-GOOD")
        self.add("receipt", receipt_id="R-GOOD", amount="1000.00")
        for currency in ("CHF", "USD"):
            self.add("receipt", receipt_id=f"R-{currency}", amount="1000.00", currency=currency)
        self.add("agreement", agreement_id="AG-GOOD")
        self.add("agreement", invoice_ids="I-GOOD; I-ALSO-GOOD;")
        for table in GOOD:
            self.add(table)
        self.add("instalment", instalment_no="0", amount="0.50000000")
        self.add("contact_event", occurred_at="2026-03-01T10:00:00+02:00")
        self.add("receipt", receipt_date="2027-04-02")
        self.add("invoice", gross_amount="0.00")
        self.add("instalment", amount="0.00")
        self.add("invoice", legal_entity_id=OTHER_ENTITY, customer_id="C-OTHER")
        self.add("customer", legal_entity_id=OTHER_ENTITY, customer_id="C-OTHER")

    def _add_contract_defects(self) -> None:
        """Every required column left empty, every typed column filled with nonsense."""
        for table in tables().values():
            for column in table.columns:
                if column.required:
                    self.add_defect(table.name, {column.name: ""}, "")
                if column.type != "text":
                    self.add_defect(table.name, {column.name: "1_0"}, "")

    def _add_duplicates(self) -> None:
        for table in GOOD:
            column, pattern = IDENTITIES[table]
            number = 99 if table == "exchange_rate" else 9999
            _, first = self.add(table, **{column: pattern.format(number)})
            copy = self.company.rows[table][first - 1]
            self.expected[self.add(table, **copy)] = "DUPLICATE_KEY"
        for amount in ("60.00", "66.00"):
            self.add_defect(
                "invoice", {"invoice_id": "I-TWICE", "gross_amount": amount}, "DUPLICATE_KEY"
            )
        for number in ("7000", "07000"):
            self.add_defect("instalment", {"instalment_no": number}, "DUPLICATE_KEY")

    def _add_held_customers(self) -> None:
        self.company.customer("C-MALFORMED")
        self.add("invoice", customer_id="C-MALFORMED", invoice_id="I-MALFORMED")
        for table, wrong in HELD.items():
            name = table.upper()
            self.company.customer(f"C-{name}")
            self.add("invoice", customer_id=f"C-{name}", invoice_id=f"I-{name}")
            self.add("receipt", customer_id=f"C-{name}", receipt_id=f"R-{name}")
            self.add("agreement", customer_id=f"C-{name}", agreement_id=f"AG-{name}")
            theirs = {
                "invoice": {"customer_id": f"C-{name}"},
                "instalment": {"invoice_id": f"I-{name}"},
                "receipt": {"customer_id": f"C-{name}"},
                "allocation": {"invoice_id": f"I-{name}", "source_id": f"R-{name}"},
                "dispute": {"invoice_id": f"I-{name}"},
                "promise": {"customer_id": f"C-{name}"},
                "agreement": {"customer_id": f"C-{name}"},
                "agreement_instalment": {"agreement_id": f"AG-{name}"},
                "hold": {"customer_id": f"C-{name}"},
            }[table]
            self.add_defect(table, {**theirs, **wrong}, "")

    def write(self) -> None:
        """Drop the files, two lines that are no rows among them."""
        self.company.write_erp()
        with (self.company.erp / "receipt.csv").open("a", encoding="utf-8") as file:
            file.write(f"R-LOST,{ENTITY},C-MALFORMED,2026-03-01,EUR\n")
        with (self.company.erp / "customer.csv").open("a", encoding="utf-8") as file:
            file.write("only one field\n")


@dataclass(frozen=True)
class BorderNight:
    """The company, and the nights of its two legal entities."""

    border: Border
    night: Night
    other: Night

    def rows(self, query: str, table: str) -> list[tuple[Any, ...]]:
        """What a query over `rows`, a table of the first legal entity's night, gives."""
        with duckdb.connect() as connection:
            return connection.execute(
                f"with rows as (select * from read_parquet(?)) {query}",
                [str(self.night.file(table))],
            ).fetchall()
