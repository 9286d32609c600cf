"""A frozen message, read back: the amounts that it asks for are those that the outbox holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage

from receivables.currency import exponent
from receivables.dispatch.notice import Claim

FAULT = "the message asks for other amounts than its items"

# A number in any language's digits and separators; letters, as of a currency, end it.
FIGURE = re.compile(r"\d(?:[\d.,'\N{RIGHT SINGLE QUOTATION MARK}\s]*\d)?")


def amounts_fault(claim: Claim, amounts: Mapping[str, Decimal]) -> str | None:
    """What is wrong with a message whose items sum to `amounts`, by currency; None if nothing is.

    The total must stand in its text as it was recorded, and be the sums to the cent.
    """
    message = message_from_bytes(claim.message, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    says_so = body is not None and _flat(claim.amount_text) in _flat(body.get_content())
    currencies = sorted(amounts)
    asked = [_digits(f"{amounts[code]:.{exponent(code)}f}") for code in currencies]
    figures = [_digits(figure) for figure in FIGURE.findall(claim.amount_text)]
    named = re.findall("|".join(map(re.escape, currencies)) or "$^", claim.amount_text)
    is_exact = all(amounts[code] == round(amounts[code], exponent(code)) for code in currencies)
    return None if says_so and is_exact and (figures, named) == (asked, currencies) else FAULT


def _flat(text: str) -> str:
    """Text with every white space, also that which does not break, as one blank."""
    return " ".join(text.split())


def _digits(figure: str) -> str:
    return "".join(str(int(digit)) for digit in figure if digit.isdecimal())
