"""The sums of a letter: a wrong amount is never demanded."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from receivables.dispatch.line import NUMBER_LENGTH_MAX, line_fault
from receivables.dispatch.templates import clean
from receivables.errors import DataError

if TYPE_CHECKING:
    from receivables.dispatch.letter import Letter


def check_sums(letter: Letter) -> None:
    """What is demanded is what is open, less what is credited, plus what is claimed, exactly.

    Raises DataError if it is not.
    """
    sums: dict[str, Decimal] = dict.fromkeys(letter.totals, Decimal(0))
    for line in letter.lines:
        demanded = line.open_amount + line.claimed_amount
        sums[line.currency] = sums.get(line.currency, Decimal(0)) + demanded
        if fault := line_fault(
            line, as_of_date=letter.as_of_date, interest_mode=letter.interest_mode
        ):
            raise _wrong(letter, fault)
    for currency, credit in letter.credits.items():
        if credit > 0:
            raise _wrong(letter, f"the credit in {currency} is not negative")
        sums[currency] = sums.get(currency, Decimal(0)) + credit
    if not letter.lines or sums != dict(letter.totals):
        raise _wrong(letter, "its lines, credits and claims do not add up to its totals")
    for currency, total in letter.totals.items():
        if total <= 0:
            raise _wrong(letter, f"there is nothing to pay in {currency} after the credits")


def _wrong(letter: Letter, what: str) -> DataError:
    return DataError(f"letter {clean(letter.case_reference, NUMBER_LENGTH_MAX)}: {what}")
