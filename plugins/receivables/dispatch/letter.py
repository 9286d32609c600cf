"""A letter: what it says to one customer, in the customer's language, checked to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from receivables.dispatch import templates
from receivables.dispatch.line import NUMBER_LENGTH_MAX, LateTerms, LetterLine, LetterSegment
from receivables.dispatch.offer import PlanOffer, offer_page
from receivables.dispatch.payment import (
    PaymentAccount,
    PaymentCode,
    payment_code,
    payment_reference,
    printed_reference,
)
from receivables.dispatch.reader import Reader
from receivables.dispatch.statement import statement_page
from receivables.dispatch.sums import check_sums
from receivables.dispatch.templates import clean, shown
from receivables.dispatch.terms import terms_page
from receivables.errors import WrongUse

__all__ = [
    "LateTerms", "Letter", "LetterLine", "LetterSegment", "PlanOffer", "RenderedLetter",
    "letter_page", "reader_of", "render",
]

NAME_LENGTH_MAX, LINE_LENGTH_MAX = 120, 160
REFS_LENGTH_MAX = 400
LANGUAGE_TAG_LENGTH_MAX = 35  # that of RFC 5646 for one without private parts
INVOICES_IN_SUBJECT_MAX = 3
STEPS_WITH_A_DEADLINE = ("demand", "final_demand")
INTEREST_MODES = ("display", "claim", "off")
PAYMENT_CODE_ID = "payment-code@receivables"
ATTACHMENTS = ("letter", "commitment_letter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that a letter says. Names and numbers come from the ERP, the bank details never do.

    `credits` (negative) and `totals` are by currency; a total is the open amounts plus the credits
    plus what is claimed. `interest_mode`: interest and compensation are told (display), claimed
    (claim), or left out (off). `pay_by` must be a date where the step sets a deadline. `attached`:
    what really goes with it, of ATTACHMENTS; the letter speaks of nothing else. `offer`: what
    the customer may accept instead. `recipient_address`: under the recipient's name, on paper.
    """

    step: str
    language: str
    legal_entity_name: str
    letterhead: tuple[str, ...]
    bank_details: tuple[str, ...]
    contact_email: str
    customer_name: str
    recipient_name: str
    as_of_date: date
    pay_by: date | None
    lines: tuple[LetterLine, ...]
    credits: Mapping[str, Decimal]
    totals: Mapping[str, Decimal]
    case_reference: str
    interest_mode: str = "display"
    footer: tuple[str, ...] = ()
    recipient_address: tuple[str, ...] = ()
    payment: PaymentAccount | None = None
    attached: tuple[str, ...] = ()
    offer: PlanOffer | None = None

    @property
    def waivable_totals(self) -> dict[str, Decimal]:
        """What is left to pay, by currency, without the late-payment interest that is claimed."""
        left = dict(self.totals)
        for line in self.lines:
            if line.is_claimed:
                left[line.currency] -= line.charge("interest")
        return left


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter in words. `language` is the one it is written in, `asked_for` the one wished for.

    `page`: what every layout of it shows, text by text. `payment_code`: what its HTML shows as the
    picture PAYMENT_CODE_ID, which has to go with it; None: it shows none.
    """

    subject: str
    text: str
    html: str
    language: str
    asked_for: str
    amount_text: str
    page: Mapping[str, Any]
    payment_code: PaymentCode | None

    @property
    def language_asked(self) -> str | None:
        """The language wished for, where nobody has written it in that one; else None."""
        wished = self.asked_for.replace("_", "-").partition("-")[0].lower()
        is_written = wished == self.language.partition("-")[0]
        return None if is_written else clean(self.asked_for, LANGUAGE_TAG_LENGTH_MAX)


def render(letter: Letter) -> RenderedLetter:
    """The letter in the reader's language (else its base language, else English).

    Raises DataError if the amounts do not add up to the cent: the customer's notice is not drafted.
    """
    if letter.interest_mode not in INTEREST_MODES:
        raise WrongUse(f"interest_mode must be one of {', '.join(INTEREST_MODES)}")
    if letter.step in STEPS_WITH_A_DEADLINE and letter.pay_by is None:
        raise WrongUse(f"a {letter.step} must name the day to pay by")
    language = templates.language_of(letter.language)
    wording = templates.wording(letter.step, language)
    reader = reader_of(letter)
    code = payment_code(letter.payment, letter.totals, payment_reference(letter.case_reference))
    page = letter_page(letter, reader)
    heading = templates.rendered(wording.subject, page)
    subject = f"[{page['case_reference']}] {heading}"
    opening = wording.opening if page["count"] else (reader.labels["paid_late_opening"],)
    page |= {
        "subject": subject,
        "heading": heading,
        "payment_code_id": "" if code is None else PAYMENT_CODE_ID,
        "opening": [templates.rendered(source, page) for source in opening],
        "closing": [templates.rendered(source, page) for source in wording.closing],
    }
    text, html = (
        templates.environment().get_template(name).render(page) for name in templates.LAYOUTS
    )
    return RenderedLetter(
        subject=subject,
        text=text,
        html=html.lstrip(),
        language=reader.labels["language"],
        asked_for=letter.language,
        amount_text=page["total"],
        page=page,
        payment_code=code,
    )


def reader_of(letter: Letter) -> Reader:
    """Who reads it: the words of the language it is written in, the digits of the one wished."""
    words = templates.labels(templates.language_of(letter.language))
    return Reader(words, templates.locale_of(letter.language))


def _said(letter: Letter) -> Letter:
    """The letter without what its step leaves off."""
    if letter.interest_mode != "off":
        return letter
    nothing: dict[str, Any] = {
        "interest_amount": None, "fixed_fee_amount": Decimal(0), "fine_amount": Decimal(0),
        "needs_confirmation": False, "segments": (), "terms": None,
    }
    return replace(letter, lines=tuple(replace(line, **nothing) for line in letter.lines))


def letter_page(letter: Letter, reader: Reader) -> dict[str, Any]:
    """Everything that the layouts show, as text in the reader's own digits and dates.

    Raises DataError if the letter does not add up.
    """
    check_sums(letter)
    letter = _said(letter)
    waives = letter.offer is not None and letter.offer.waives_interest
    interest = statement_page(letter.lines, reader)
    rows = [_row(line, reader, has_claim=bool(interest["charges"])) for line in letter.lines]
    totals = [reader.money(amount, code) for code, amount in sorted(letter.totals.items())]
    numbers = list(dict.fromkeys(row["invoice_number"] for row in rows))
    unpaid = {row["invoice_number"] for row in rows if not row["is_interest_claim"]}
    entity = shown(letter.legal_entity_name, NAME_LENGTH_MAX)
    page: dict[str, Any] = {
        "labels": reader.labels,
        "entity": entity,
        "letterhead": [line for line in _lines(letter.letterhead) if line != entity],
        "bank_details": _lines(letter.bank_details),
        "footer": _lines(letter.footer),
        "contact_email": clean(letter.contact_email, LINE_LENGTH_MAX),
        "customer": shown(letter.customer_name, NAME_LENGTH_MAX),
        "recipient": shown(letter.recipient_name, NAME_LENGTH_MAX),
        "recipient_address": _lines(letter.recipient_address),
        "case_reference": clean(letter.case_reference, NUMBER_LENGTH_MAX),
        "payment_reference": printed_reference(letter.case_reference),
        "payment_code_id": "",
        "as_of_date": reader.day(letter.as_of_date),
        "as_of_date_in_words": reader.day_in_words(letter.as_of_date),
        "pay_by": "" if letter.pay_by is None else reader.day(letter.pay_by),
        "rows": rows,
        "count": len(unpaid),
        "paid_late_count": len(set(numbers) - unpaid),
        "invoices": _some(numbers),
        "credits": reader.sums(letter.credits),
        "totals": totals,
        "totals_count": len(totals),
        "total": reader.listed(totals),
        "has_overdue": any(line.days_past_due > 0 for line in letter.lines),
        "has_interest": any(row["interest_amount"] for row in rows),
        "interest_heading": reader.heading("interest"),
        "terms": terms_page(letter.lines, reader, as_of_date=letter.as_of_date),
        "offer": offer_page(
            letter.waivable_totals if waives else letter.totals, letter.offer, reader
        ),
        "attached": [reader.labels[f"attached_{name}"] for name in letter.attached],
        **interest,
    }
    return page | _sentences(page, reader)


def _row(line: LetterLine, reader: Reader, *, has_claim: bool) -> dict[str, Any]:
    days = line.days_past_due
    days_text = reader.says("days", days=days, plural=reader.plural(days))
    interest = line.charge("interest")
    return {
        "invoice_number": shown(line.invoice_number, NUMBER_LENGTH_MAX),
        "is_interest_claim": line.is_interest_claim,
        "delivery_refs": shown(", ".join(line.delivery_refs), REFS_LENGTH_MAX),
        "issue_date": reader.day(line.issue_date),
        "due_date": reader.day(line.due_date),
        "days": days,
        "days_text": days_text if days > 0 else reader.labels["not_due"],
        "original_amount": reader.money(line.original_amount, line.currency),
        "open_amount": reader.money(line.open_amount, line.currency),
        "interest_amount": reader.money(interest, line.currency) if interest else "",
        "mark": "*" if line.is_unconfirmed else "",
        "not_included": "" if line.is_claimed else reader.labels["not_included"],
        "is_exception": has_claim and not line.is_claimed,
    }


def _sentences(page: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """The sentences that all letters in a language share, filled in."""
    told = reader.listed([f"{charge['name']} {charge['amount']}" for charge in page["told"]])
    claimed = reader.listed([charge["name"] for charge in page["charges"]])
    values = {
        **page, "told": told, "claimed": claimed, "contact": page["contact_email"],
        "plural": reader.plural(page["unexplained"]), "including": "",
    }
    is_said = {
        "paid_late_note": page["count"] and page["paid_late_count"],
        "interest_note": told,
        "statement_note": page["statements"],
        "on_request": page["unexplained"],
        "unconfirmed": page["has_unconfirmed"],
    }
    first, last = ("bank_unchanged", "already_paid"), ("wrong_contact",)
    by_mail, by_post = (
        [reader.says(name, **values)
         for name in (*first, *((questions,) if page["contact_email"] else ()), *last)]
        for questions in ("questions", "questions_by_post")
    )
    greeting = "greeting_named" if page["recipient"] else "greeting"
    return {
        "claimed": claimed,
        "including": f" {reader.says('including', **values)}" if claimed else "",
        "greeting": reader.says(greeting, **values),
        "caption": reader.says("caption", **values),
        "notes": [reader.says(name, **values) for name, so in is_said.items() if so],
        "unconfirmed": reader.says("unconfirmed", **values),
        "fixed": by_mail,
        "fixed_on_paper": by_post,
        "payment_code": reader.says("payment_code", **values),
    }


def _lines(lines: tuple[str, ...]) -> list[str]:
    return [shown(line, LINE_LENGTH_MAX) for line in lines]


def _some(numbers: list[str]) -> str:
    shown = ", ".join(numbers[:INVOICES_IN_SUBJECT_MAX])
    return shown + " …" if len(numbers) > INVOICES_IN_SUBJECT_MAX else shown
