"""What lateness would cost, said beforehand: rate, fixed sum and fine, from when, by which law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from babel.lists import format_list

from receivables.dispatch.line import LAW_LENGTH_MAX, NUMBER_LENGTH_MAX, LateTerms, LetterLine
from receivables.dispatch.reader import Reader
from receivables.dispatch.templates import shown


def terms_page(
    lines: Sequence[LetterLine], reader: Reader, *, as_of_date: date
) -> list[str]:
    """A paragraph for each rule that holds for lines not yet due; none where none charges anything.

    Where there are several rules, each names its invoices.
    """
    by_rule: dict[LateTerms, list[LetterLine]] = {}
    for line in lines:
        if line.terms is not None:
            rule = replace(line.terms, from_date=date.min, fixed_fee_amount=Decimal(0))
            by_rule.setdefault(rule, []).append(line)
    paragraphs = [_paragraph(ruled, reader, as_of_date) for ruled in by_rule.values()]
    if len(by_rule) == 1:
        return paragraphs
    return [
        f"{_numbers(ruled)}{reader.labels['colon']} {paragraph}"
        for ruled, paragraph in zip(by_rule.values(), paragraphs, strict=True)
    ]


def _numbers(lines: Sequence[LetterLine]) -> str:
    return ", ".join(dict.fromkeys(shown(line.invoice_number, NUMBER_LENGTH_MAX) for line in lines))


def _paragraph(lines: Sequence[LetterLine], reader: Reader, as_of_date: date) -> str:
    """Of lines under one rule; their days and fixed sums may differ."""
    terms = [line.terms for line in lines if line.terms is not None]
    first, days = terms[0], sorted({each.from_date for each in terms})
    said: dict[str, dict[str, Any]] = {}
    if first.annual_rate_percent != 0:
        rate = first.annual_rate_percent
        said["terms_interest"] = {
            "rate": "" if rate is None else reader.rate(rate),
            "from_date": reader.day(days[0]), "is_earliest": len(days) > 1,
            "is_floating": first.is_floating, "is_compounded": first.is_compounded,
            "as_of_date": reader.day(as_of_date),
        }
    fees = dict.fromkeys(
        (line.terms.fixed_fee_amount, line.currency)
        for line in lines if line.terms is not None and line.terms.fixed_fee_amount
    )
    if fees:
        amounts = [reader.money(*fee) for fee in sorted(fees)]
        said["terms_fixed_fee"] = {"amount": format_list(amounts, "or", locale=reader.locale)}
    if first.fine_percent:
        said["terms_fine"] = {"rate": reader.rate(first.fine_percent)}
    law = f"{reader.labels['legal_basis']}{reader.labels['colon']} "
    sentences = [reader.says(label, **values) for label, values in said.items()]
    return " ".join([*sentences, law + shown(first.legal_basis, LAW_LENGTH_MAX) + "."])
