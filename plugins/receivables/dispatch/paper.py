"""A letter on paper, and the picture of its payment code: what its text says, set in type."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from receivables.dispatch.letter import RenderedLetter
from receivables.dispatch.payment import PaymentCode
from receivables.dispatch.templates import PAPER_LAYOUTS
from receivables.typeset import draw_png, set_pdf

LETTER_LAYOUT, PAYMENT_CODE_LAYOUT, COMMITMENT_LAYOUT = PAPER_LAYOUTS
# 160 dots an inch: three of them to a module, which screens and printers show sharp.
PAYMENT_CODE_DOTS_PER_INCH = 160


def letter_pdf(rendered: RenderedLetter, *, as_of_date: date, owner: str) -> bytes:
    """The letter as a PDF for print and archive, dated its business day; equal for equal letters.

    Raises DataError, naming the owner, if a letter of its names is in none of our fonts.
    """
    return _pdf(LETTER_LAYOUT, rendered, as_of_date, owner)


def commitment_pdf(rendered: RenderedLetter, *, as_of_date: date, owner: str) -> bytes:
    """A commitment letter as a PDF, to be filled in by hand; as `letter_pdf` does."""
    return _pdf(COMMITMENT_LAYOUT, rendered, as_of_date, owner)


def _pdf(layout: str, rendered: RenderedLetter, as_of_date: date, owner: str) -> bytes:
    page = {
        **rendered.page, **_code(rendered.payment_code), "language": rendered.language.split("-"),
    }
    return set_pdf(layout, page, at=datetime.combine(as_of_date, time(), UTC), owner=owner)


def payment_code_png(rendered: RenderedLetter) -> bytes:
    """The payment code as a picture for the HTML of a letter that has one."""
    assert rendered.payment_code is not None
    page = {"payment_code": rendered.page["payment_code"], **_code(rendered.payment_code)}
    return draw_png(PAYMENT_CODE_LAYOUT, page, dots_per_inch=PAYMENT_CODE_DOTS_PER_INCH)


def _code(code: PaymentCode | None) -> dict[str, Any]:
    if code is None:
        return {}
    return {"payment_scheme": code.scheme, "payment_code_svg": code.svg}
