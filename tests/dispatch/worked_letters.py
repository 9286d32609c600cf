"""Five letters whose statements come from the interest engine, with the rules and rates we ship.

`PYTHONPATH=plugins python tests/dispatch/worked_letters.py` prints them; with a folder after it,
they are written there as text and as HTML.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from receivables.balance.rate import load_series
from receivables.balance.rule_file import RULES, load_rules
from receivables.dispatch.letter import Letter, LetterLine, LetterSegment, RenderedLetter, render
from receivables.interest import solve
from receivables.sql import session


@dataclass(frozen=True)
class Claim:
    """An invoice, the rule of its interest, and what was paid on it."""

    rule_id: str
    number: str
    currency: str
    amount: str
    issued: str
    due: str
    payments: tuple[tuple[str, str], ...] = ()


def case(claim: Claim, as_of: date) -> dict[str, Any]:
    """The claim as the engine takes it. Payments are for the principal, as the ledger says them."""
    raw = next(
        body[claim.rule_id] for file in sorted(RULES.glob("*.yaml"))
        if claim.rule_id in (body := yaml.safe_load(file.read_text(encoding="utf-8")))
    )
    version = raw["versions"][-1]
    known = [rate for rate in load_series(version["series"]) if rate.percent is not None] if (
        version.get("series")
    ) else []
    return {
        "id": claim.number,
        "rule": {**version["rule"], "allocation": ["principal"]},
        "rate_table": [[str(rate.valid_from), str(rate.percent)] for rate in known],
        "principal": claim.amount,
        "due_date": claim.due,
        "as_of": str(as_of),
        "payments": [{"date": day, "amount": amount} for day, amount in claim.payments],
    }


def segments(claim: Claim, solved: dict[str, Any]) -> tuple[LetterSegment, ...]:
    """The engine's rows; where a rule rounds later than by row, the last takes the difference."""
    version = load_rules()[claim.rule_id].versions[-1]
    periods = 12 if version.rule.period == "month" else 1
    rows = [
        LetterSegment(
            from_date=date.fromisoformat(row["from"]),
            until_date=date.fromisoformat(row["to"]),
            days=row["days"],
            base_amount=Decimal(row["base"]),
            annual_rate_percent=Decimal(row["percent"]) * periods,
            interest_amount=Decimal(row["interest"]),
            legal_basis=version.statute,
        )
        for row in solved["segments"]
    ]
    difference = Decimal(solved["interest"]) - sum(row.interest_amount for row in rows)
    last = replace(rows[-1], interest_amount=rows[-1].interest_amount + difference)
    return (*rows[:-1], last)


def lines(claims: tuple[Claim, ...], as_of: date, *, is_claimed: bool) -> tuple[LetterLine, ...]:
    """The claims as lines of a letter, with what the engine makes of each."""
    with tempfile.TemporaryDirectory() as scratch, session(Path(scratch)) as sql:
        solved = solve(sql, [case(claim, as_of) for claim in claims])
    written = []
    for claim in claims:
        answer = solved[claim.number]
        paid = sum((Decimal(amount) for _, amount in claim.payments), Decimal(0))
        charges = [Decimal(answer[name]) for name in ("interest", "fixed_fee", "fine")]
        due = date.fromisoformat(claim.due)
        written.append(LetterLine(
            invoice_number=claim.number,
            issue_date=date.fromisoformat(claim.issued),
            due_date=due,
            days_past_due=(as_of - due).days,
            currency=claim.currency,
            original_amount=Decimal(claim.amount),
            open_amount=Decimal(claim.amount) - paid,
            document_type="invoice" if paid < Decimal(claim.amount) else "interest_claim",
            interest_amount=charges[0],
            fixed_fee_amount=charges[1],
            fine_amount=charges[2],
            claimed_amount=sum(charges) if is_claimed else Decimal(0),
            segments=segments(claim, answer),
        ))
    return tuple(written)


def letter(
    language: str, step: str, mode: str, as_of: date, seller: str, customer: str, bank: str,
    *claims: Claim,
) -> Letter:
    """A letter about claims in one currency."""
    items = lines(claims, as_of, is_claimed=mode == "claim")
    total = sum((item.open_amount + item.claimed_amount for item in items), Decimal(0))
    return Letter(
        step=step,
        language=language,
        legal_entity_name=seller,
        letterhead=(),
        bank_details=(bank,),
        contact_email="ar@seller.example",
        customer_name=customer,
        recipient_name="",
        as_of_date=as_of,
        pay_by=date.fromordinal(as_of.toordinal() + 10),
        lines=items,
        credits={},
        totals={items[0].currency: total},
        case_reference="AR-2026-00123",
        interest_mode=mode,
    )


AS_OF = date(2026, 7, 20)


@cache
def worked_letters() -> dict[str, Letter]:
    """The letters by country, each with a partial payment, and a new rate but for the UK."""
    return {
        # The base rate goes from 1.27 to 1.52 on 1 July; another invoice was paid late.
        "DE": letter(
            "de", "demand", "claim", AS_OF, "Nordlicht Pumpen GmbH", "Müller & Söhne KG",
            "IBAN DE89 3704 0044 0532 0130 00",
            Claim("de_b2b", "RE-2026-0412", "EUR", "10000.00", "2026-04-29", "2026-05-29",
                  (("2026-06-15", "3000.00"),)),
            Claim("de_b2b", "RE-2026-0377", "EUR", "1250.00", "2026-04-15", "2026-05-15",
                  (("2026-06-24", "1250.00"),)),
        ),
        # The ECB's rate goes from 2.15 to 2.40 on 1 July; interest is told, not claimed.
        "FR": letter(
            "fr", "reminder_2", "display", AS_OF, "Pompes du Nord SARL", "Ateliers Lefèvre SA",
            "IBAN FR14 2004 1010 0505 0001 3M02 606",
            Claim("fr_b2b", "F-2026-118", "EUR", "4800.00", "2026-05-01", "2026-05-31",
                  (("2026-06-20", "1800.00"),)),
        ),
        # The law freezes the rate of the last day of December, so that only the payment makes rows.
        "UK": letter(
            "en-GB", "final_demand", "claim", AS_OF, "North Pumps Ltd", "Harbour Works Ltd",
            "Sort code 20-00-00, account 12345678",
            Claim("uk_b2b", "INV-20931", "GBP", "22000.00", "2026-01-24", "2026-02-23",
                  (("2026-03-20", "8000.00"),)),
        ),
        # One claim under the law, a new rate each month; one under a contract with a fine.
        "BR": letter(
            "pt-BR", "demand", "claim", AS_OF, "Bombas do Norte Ltda.", "Oficinas São José Ltda.",
            "Banco 001, agência 1234-5, conta 67890-1",
            Claim("br_taxa_legal", "NF-4471", "BRL", "12500.00", "2026-04-11", "2026-05-11",
                  (("2026-06-15", "5000.00"),)),
            Claim("br_contract", "NF-4502", "BRL", "8000.00", "2026-05-11", "2026-06-10"),
        ),
        # The key rate goes from 14.50 to 14.25 on 22 June, and to 14.00 on 27 July.
        "RU": letter(
            "ru", "demand", "display", date(2026, 8, 3), "ООО «Северные насосы»",
            "АО «Заречный завод»", "Р/с 40702810900000000001, БИК 044525225",
            Claim("ru_395", "С-2026-77", "RUB", "850000.00", "2026-04-29", "2026-05-29",
                  (("2026-06-29", "250000.00"),)),
        ),
    }


def rendered_letters() -> dict[str, RenderedLetter]:
    """The letters in words."""
    return {name: render(letter) for name, letter in worked_letters().items()}


def main(folder: str = "") -> None:
    """Print the letters, or write them into a folder."""
    for name, rendered in rendered_letters().items():
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{name}.txt").write_text(rendered.text, encoding="utf-8")
            (Path(folder) / f"{name}.html").write_text(rendered.html, encoding="utf-8")
        else:
            print(f"{'=' * 76}\n{rendered.subject}\n{'=' * 76}\n{rendered.text}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
