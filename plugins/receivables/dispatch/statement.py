"""The statement of interest: how every sum that lateness adds was worked out, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from receivables.dispatch.line import (
    CHARGES,
    LAW_LENGTH_MAX,
    NUMBER_LENGTH_MAX,
    LetterLine,
    LetterSegment,
)
from receivables.dispatch.reader import Reader
from receivables.dispatch.templates import TEXT_WIDTH, shown

# A letter that only tells of interest stays a letter: with so many rows beside a hundred invoices
# it is still below 100 kB, where large providers cut a mail off.
SEGMENTS_TOLD_MAX = 40
COLUMNS = (
    "segment_from", "segment_until", "segment_days", "segment_base", "segment_rate",
    "segment_interest",
)


def statement_page(lines: Sequence[LetterLine], reader: Reader) -> dict[str, Any]:
    """What both layouts show of the interest of a letter's lines, but for the sentences.

    Nothing that is demanded is left out: rows are only ever cut where all is for information.
    """
    charged = [line for line in lines if any(line.charge(name) for name in CHARGES)]
    explained = charged if any(line.is_claimed for line in charged) else _first(charged)
    laws = [_laws(line) for line in explained]
    is_one_law = len({tuple(law) for law in laws if law}) <= 1
    statements = [_statement(line, reader) for line in explained]
    for statement, law in zip(statements, laws, strict=True):
        statement["laws"] = [] if is_one_law else law
    return {
        "statements": statements,
        "laws": next((law for law in laws if law), []) if is_one_law else [],
        "unexplained": len(charged) - len(explained),
        "has_unconfirmed": any(line.is_unconfirmed for line in charged),
        "charges": _charges([line for line in lines if line.is_claimed], reader),
        "told": _charges([line for line in charged if not line.is_claimed], reader),
    }


def _first(lines: list[LetterLine]) -> list[LetterLine]:
    """The first lines, each with all its rows, as many as one letter holds."""
    counts = accumulate(max(1, len(line.segments)) for line in lines)
    return [
        line for line, count in zip(lines, counts, strict=True) if count <= SEGMENTS_TOLD_MAX
    ]


def _laws(line: LetterLine) -> list[str]:
    laws = [*(segment.legal_basis for segment in line.segments), line.legal_basis]
    return list(dict.fromkeys(shown(law, LAW_LENGTH_MAX) for law in laws if law))


def _charges(lines: Sequence[LetterLine], reader: Reader) -> list[dict[str, Any]]:
    """Interest, fees and fines of the lines, summed by currency; those that there are."""
    charges = []
    for name in CHARGES:
        sums: dict[str, Decimal] = {}
        for line in lines:
            sums[line.currency] = sums.get(line.currency, Decimal(0)) + line.charge(name)
        if amounts := reader.sums(sums):
            charges.append({
                "name": reader.labels[name],
                "heading": reader.heading(name),
                "amounts": amounts,
                "amount": " + ".join(amounts),
            })
    return charges


def _statement(line: LetterLine, reader: Reader) -> dict[str, Any]:
    rows = [_row(segment, line.currency, reader) for segment in line.segments]
    sums = [
        {"label": reader.heading(name), "amount": reader.digits(line.charge(name), line.currency)}
        for name in CHARGES if line.charge(name)
    ]
    if len(sums) > 1:
        total = reader.digits(line.charged_amount, line.currency)
        sums.append({"label": reader.heading("sum"), "amount": total})
    return {
        "caption": reader.says(
            "statement_of",
            invoice=shown(line.invoice_number, NUMBER_LENGTH_MAX),
            due_date=reader.day(line.due_date),
            currency=line.currency,
        ),
        "standing": reader.labels["in_total" if line.is_claimed else "not_in_total"],
        "rows": rows,
        "sums": sums,
        "text": _text(rows, sums, reader),
    }


def _row(segment: LetterSegment, currency: str, reader: Reader) -> dict[str, Any]:
    return {
        "segment_from": reader.day(segment.from_date),
        "segment_until": reader.day(segment.until_date),
        "segment_days": str(segment.days),
        "segment_base": reader.digits(segment.base_amount, currency),
        "segment_rate": reader.rate(segment.annual_rate_percent),
        "segment_interest": reader.digits(segment.interest_amount, currency),
        "mark": "*" if segment.needs_confirmation else "",
    }


def _text(
    rows: Sequence[Mapping[str, str]], sums: Sequence[Mapping[str, str]], reader: Reader
) -> list[str]:
    """The statement in lines of a plain mail: aligned, or a cell a line where that is too wide."""
    head = [str(reader.labels[name]) for name in COLUMNS]
    mark = max((len(row["mark"]) for row in rows), default=0)
    table = [
        [row[name] + (row["mark"].ljust(mark) if name == "segment_rate" else "")
         for name in COLUMNS]
        for row in rows
    ]
    ends = [(row["label"], row["amount"]) for row in sums]
    grid = [head, *table] if table else []
    widths = [max(map(len, cells)) for cells in zip(*grid, strict=True)] or [0]
    widths[-1] = max(widths[-1], *(len(amount) for _, amount in ends))
    width = max(sum(widths) + 2 * len(widths) - 2, *(len(a) + 2 + len(b) for a, b in ends))
    if width > TEXT_WIDTH:
        blocks = [[*zip(head, cells, strict=True), ("", "")] for cells in table]
        named = [pair for block in blocks for pair in block] + ends
        colon = reader.labels["colon"]
        return [f"{name}{colon} {cell}".rstrip() if name else "" for name, cell in named]
    if grid:
        widths[0] += width - sum(widths) - 2 * len(widths) + 2
    lines = ["  ".join(_aligned(cells, widths)).rstrip() for cells in grid]
    return lines + [f"{label}{amount.rjust(width - len(label))}" for label, amount in ends]


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Dates to the left, numbers to the right."""
    return [
        cell.ljust(width) if column < 2 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
