"""Reading a demonstration ERP as a bookkeeper would, row by row in exact decimals."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]


@dataclass(frozen=True)
class Books:
    """The rows of each table, good and planted, in the order of the files."""

    folder: Path
    good: dict[str, list[Row]]
    bad: dict[str, list[Row]]

    def by(self, table: str, column: str) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for row in self.good[table]:
            found[row[column]].append(row)
        return found


def read(folder: Path) -> Books:
    good: dict[str, list[Row]] = {}
    bad: dict[str, list[Row]] = {}
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        bad[file.stem] = [row for row in rows if is_planted(file.stem, row)]
        good[file.stem] = [row for row in rows if not is_planted(file.stem, row)]
    return Books(folder, good, bad)


def is_planted(table: str, row: Row) -> bool:
    if table == "instalment":
        return row["invoice_id"] == "INV00000000"
    return any((value or "").startswith("BAD-") for value in row.values())


def money(text: str) -> Decimal:
    return Decimal(text) if text else Decimal(0)


def open_amounts(books: Books) -> dict[tuple[str, str], Decimal]:
    """What is open of each instalment: amounts less allocations that stand, oldest due first."""
    allocations = books.by("allocation", "invoice_id")
    invoices = {row["invoice_id"]: row for row in books.good["invoice"]}
    result = {}
    for invoice_id, parts in books.by("instalment", "invoice_id").items():
        is_cancelled = invoices[invoice_id]["status"] == "cancelled"
        rest = {
            part["instalment_no"]: Decimal(0) if is_cancelled else money(part["amount"])
            for part in parts
        }
        oldest_first = sorted(parts, key=lambda part: (part["due_date"], part["instalment_no"]))
        standing = [row for row in allocations[invoice_id] if not row["reversed_on"]]
        for row in standing:
            if row["instalment_no"]:
                rest[row["instalment_no"]] -= money(row["amount"])
        for row in standing:
            amount = Decimal(0) if row["instalment_no"] else money(row["amount"])
            for part in oldest_first:
                taken = min(amount, rest[part["instalment_no"]])
                rest[part["instalment_no"]] -= taken
                amount -= taken
            assert amount == 0, f"{invoice_id} is allocated more than it owes"
        result |= {(invoice_id, number): left for number, left in rest.items()}
    return result


def control_account(
    books: Books, *, legal_entity_id: str, currency: str, day: str
) -> Decimal:
    """Invoices and debit notes less credit notes, receipts and write-offs, as of a day."""
    def mine(row: Row) -> bool:
        return row["legal_entity_id"] == legal_entity_id and row["currency"] == currency

    invoices = {row["invoice_id"]: row for row in books.good["invoice"] if mine(row)}
    total = Decimal(0)
    for row in invoices.values():
        is_posted = row["posting_date"] <= day
        is_gone = row["cancelled_on"] != "" and row["cancelled_on"] <= day
        sign = -1 if row["document_type"] == "credit_note" else 1
        if is_posted and not is_gone:
            total += sign * money(row["gross_amount"])
    for row in books.good["receipt"]:
        if mine(row) and row["receipt_date"] <= day:
            total -= money(row["amount"])
    for row in books.good["allocation"]:
        is_write_off = row["source_type"] == "write_off" and row["invoice_id"] in invoices
        if is_write_off and row["allocation_date"] <= day:
            total -= money(row["amount"])
    return total
