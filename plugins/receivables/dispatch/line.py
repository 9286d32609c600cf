"""One item of a letter: what is open on it, and the interest on it, run of days by run of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

INTEREST_CLAIM = "interest_claim"
# What lateness adds to an invoice, in the order in which a letter names it.
CHARGES = ("interest", "fixed_fee", "fine")

NUMBER_LENGTH_MAX, LAW_LENGTH_MAX = 40, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSegment:
    """A run of days with one base and one rate: one row of an interest statement.

    `days` is what the rule counts; `legal_basis` is the law in the rule's own words.
    `needs_confirmation`: nobody has confirmed the rate that it was worked out with.
    """

    from_date: date
    until_date: date
    days: int
    base_amount: Decimal
    annual_rate_percent: Decimal
    interest_amount: Decimal
    legal_basis: str
    needs_confirmation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LateTerms:
    """What an item will bear from `from_date` on if it is not paid by then, by its interest rule.

    `annual_rate_percent` is that of the letter's day, which moves if it `is_floating`; None where
    nobody has confirmed it. `fine_percent` is of the overdue amount.
    """

    from_date: date
    annual_rate_percent: Decimal | None
    is_floating: bool
    is_compounded: bool
    fixed_fee_amount: Decimal
    fine_percent: Decimal
    legal_basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One item as the letter shows it; of interest, fee and fine it demands `claimed_amount`.

    An item of type `interest_claim` is an invoice that was paid late: nothing is open on it but
    its interest and compensation. `interest_amount` is None where it is not known; `legal_basis` is
    the law of fee and fine, for an item may bear them and no interest. `delivery_refs`: the
    shipping documents of what was invoiced. `terms`: of an item that is not yet due.
    """

    invoice_number: str
    issue_date: date
    due_date: date
    days_past_due: int
    currency: str
    original_amount: Decimal
    open_amount: Decimal
    document_type: str = "invoice"
    interest_amount: Decimal | None = None
    fixed_fee_amount: Decimal = Decimal(0)
    fine_amount: Decimal = Decimal(0)
    claimed_amount: Decimal = Decimal(0)
    needs_confirmation: bool = False
    legal_basis: str = ""
    segments: tuple[LetterSegment, ...] = ()
    delivery_refs: tuple[str, ...] = ()
    terms: LateTerms | None = None

    @property
    def is_interest_claim(self) -> bool:
        """Whether the invoice itself is paid."""
        return self.document_type == INTEREST_CLAIM

    @property
    def is_claimed(self) -> bool:
        """Whether interest, fee and fine are part of what is to be paid."""
        return self.claimed_amount != 0

    @property
    def is_unconfirmed(self) -> bool:
        """Whether its interest hangs on a rate that nobody has confirmed."""
        return self.needs_confirmation or any(row.needs_confirmation for row in self.segments)

    def charge(self, name: str) -> Decimal:
        """The interest, the fixed fee or the fine; zero where there is none or it is not known."""
        amount: Decimal | None = getattr(self, f"{name}_amount")
        return amount or Decimal(0)

    @property
    def charged_amount(self) -> Decimal:
        """Interest, fee and fine together."""
        return sum((self.charge(name) for name in CHARGES), Decimal(0))


def line_fault(line: LetterLine, *, as_of_date: date, interest_mode: str) -> str:
    """Why a line cannot stand in a letter; empty if it can."""
    shown = sum((row.interest_amount for row in line.segments), Decimal(0))
    is_off, is_claim = interest_mode == "off", interest_mode == "claim"
    faults = {
        "the days past due of an item do not follow from its due date":
            line.days_past_due != (as_of_date - line.due_date).days,
        "an item that was paid late still has an open amount":
            line.is_interest_claim and line.open_amount != 0,
        "it leaves interest off, but an item is about nothing else":
            line.is_interest_claim and is_off,
        "it claims interest, but its step does not": line.is_claimed and not is_claim,
        "it claims interest on a rate that nobody has confirmed":
            line.is_claimed and line.is_unconfirmed,
        "what it claims on an item is not the item's interest and compensation":
            line.is_claimed and line.claimed_amount != line.charged_amount,
        "what it claims on an item is negative": line.claimed_amount < 0,
        "the interest rows of an item do not add up to its interest":
            not is_off and shown != line.charge("interest"),
        "the interest of an item has no rows":
            not is_off and line.charge("interest") != 0 and not line.segments,
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")
