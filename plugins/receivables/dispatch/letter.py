"""A letter: what it says to one customer, in the customer's language, checked to the cent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date

from receivables.dispatch import templates
from receivables.dispatch.amounts import listed, printed
from receivables.dispatch.templates import clean
from receivables.errors import DataError, WrongUse

NAME_LENGTH_MAX, NUMBER_LENGTH_MAX, LINE_LENGTH_MAX = 120, 40, 160
INVOICES_IN_SUBJECT_MAX = 3
STEPS_WITH_A_DEADLINE = ("demand", "final_demand")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One open item as the letter shows it; interest is shown, never demanded."""

    invoice_number: str
    issue_date: date
    due_date: date
    days_past_due: int
    currency: str
    original_amount: Decimal
    open_amount: Decimal
    interest_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that a letter says. Names and numbers come from the ERP, the bank details never do.

    `credits` (negative) and `totals` are by currency; a total is the open amounts plus the credits.
    `pay_by` must be a date where the step sets a deadline (demand, final_demand).
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
    interest_basis: str = ""
    footer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter in words. `language` is the one it is written in, `asked_for` the one wished for."""

    subject: str
    text: str
    html: str
    language: str
    asked_for: str
    amount_text: str


def render(letter: Letter) -> RenderedLetter:
    """The letter in the reader's language (else its base language, else English).

    Raises DataError if the amounts do not add up to the cent: the customer's notice is not drafted.
    """
    _check_sums(letter)
    if letter.step in STEPS_WITH_A_DEADLINE and letter.pay_by is None:
        raise WrongUse(f"a {letter.step} must name the day to pay by")
    language = templates.language_of(letter.language)
    wording = templates.wording(letter.step, language)
    labels = templates.labels(language)
    page = _page(letter, labels, templates.locale_of(letter.language))
    subject = f"[{page['case_reference']}] {templates.rendered(wording.subject, page)}"
    page |= {
        "subject": subject,
        "opening": [templates.rendered(source, page) for source in wording.opening],
        "closing": [templates.rendered(source, page) for source in wording.closing],
    }
    layouts = [templates.environment().get_template(name) for name in templates.LAYOUTS]
    text, html = (layout.render(page) for layout in layouts)
    return RenderedLetter(
        subject=subject,
        text=text,
        html=html.lstrip(),
        language=labels["language"],
        asked_for=letter.language,
        amount_text=page["total"],
    )


def _check_sums(letter: Letter) -> None:
    """What is demanded is what is open less what is credited, in every currency, exactly."""
    sums: dict[str, Decimal] = dict.fromkeys(letter.totals, Decimal(0))
    for line in letter.lines:
        sums[line.currency] = sums.get(line.currency, Decimal(0)) + line.open_amount
        if line.days_past_due != (letter.as_of_date - line.due_date).days:
            raise _wrong(letter, "the days past due of an item do not follow from its due date")
    for currency, credit in letter.credits.items():
        if credit > 0:
            raise _wrong(letter, f"the credit in {currency} is not negative")
        sums[currency] = sums.get(currency, Decimal(0)) + credit
    if not letter.lines or sums != dict(letter.totals):
        raise _wrong(letter, "its lines and credits do not add up to its totals")
    for currency, total in letter.totals.items():
        if total <= 0:
            raise _wrong(letter, f"there is nothing to pay in {currency} after the credits")


def _wrong(letter: Letter, what: str) -> DataError:
    return DataError(f"letter {clean(letter.case_reference, NUMBER_LENGTH_MAX)}: {what}")


def _page(letter: Letter, labels: Mapping[str, Any], locale: Locale) -> dict[str, Any]:
    """Everything that both layouts show, as text in the reader's own digits and dates."""

    def money(amount: Decimal, currency: str) -> str:
        first = labels["is_code_first"]
        return printed(amount, currency, locale=locale, is_code_first=first)

    def day(value: date) -> str:
        return format_date(value, format=labels["date_format"], locale=locale)

    rows = [_row(line, labels, locale, day, money) for line in letter.lines]
    totals = [money(amount, currency) for currency, amount in sorted(letter.totals.items())]
    numbers = list(dict.fromkeys(row["invoice_number"] for row in rows))
    page: dict[str, Any] = {
        "labels": labels,
        "entity": clean(letter.legal_entity_name, NAME_LENGTH_MAX),
        "letterhead": _lines(letter.letterhead),
        "bank_details": _lines(letter.bank_details),
        "footer": _lines(letter.footer),
        "contact_email": clean(letter.contact_email, LINE_LENGTH_MAX),
        "customer": clean(letter.customer_name, NAME_LENGTH_MAX),
        "recipient": clean(letter.recipient_name, NAME_LENGTH_MAX),
        "case_reference": clean(letter.case_reference, NUMBER_LENGTH_MAX),
        "as_of_date": day(letter.as_of_date),
        "pay_by": "" if letter.pay_by is None else day(letter.pay_by),
        "rows": rows,
        "count": len(numbers),
        "invoices": _some(numbers),
        "credits": [money(a, currency) for currency, a in sorted(letter.credits.items()) if a],
        "totals": totals,
        "totals_count": len(totals),
        "total": listed(totals, locale),
        "has_overdue": any(line.days_past_due > 0 for line in letter.lines),
        "has_interest": any(row["interest_amount"] for row in rows),
    }
    return page | _sentences(letter, page, labels, locale, money)


def _row(
    line: LetterLine,
    labels: Mapping[str, Any],
    locale: Locale,
    day: Callable[[date], str],
    money: Callable[[Decimal, str], str],
) -> dict[str, Any]:
    days = line.days_past_due
    counted = {"days": days, "plural": locale.plural_form(days)}
    return {
        "invoice_number": clean(line.invoice_number, NUMBER_LENGTH_MAX),
        "issue_date": day(line.issue_date),
        "due_date": day(line.due_date),
        "days": days,
        "days_text": templates.rendered(labels["days"], counted) if days > 0 else labels["not_due"],
        "original_amount": money(line.original_amount, line.currency),
        "open_amount": money(line.open_amount, line.currency),
        "interest_amount": money(line.interest_amount, line.currency)
        if line.interest_amount
        else "",
    }


def _sentences(
    letter: Letter,
    page: Mapping[str, Any],
    labels: Mapping[str, Any],
    locale: Locale,
    money: Callable[[Decimal, str], str],
) -> dict[str, Any]:
    """The sentences that all letters in a language share, filled in."""
    interest: dict[str, Decimal] = {}
    for line in letter.lines:
        if line.interest_amount:
            so_far = interest.get(line.currency, Decimal(0))
            interest[line.currency] = so_far + line.interest_amount
    sums = [money(amount, currency) for currency, amount in sorted(interest.items())]
    basis = clean(letter.interest_basis, LINE_LENGTH_MAX)
    values = {
        **page, "interest": listed(sums, locale), "basis": basis, "contact": page["contact_email"],
    }
    notes = [name for name in ("interest_note",) if sums] + [
        name for name in ("interest_basis",) if sums and basis
    ]
    fixed = ["bank_unchanged", "already_paid"]
    fixed += ["questions"] if page["contact_email"] else []
    fixed += ["wrong_contact"]
    greeting = "greeting_named" if page["recipient"] else "greeting"
    return {
        "greeting": templates.rendered(labels[greeting], values),
        "caption": templates.rendered(labels["caption"], values),
        "notes": [templates.rendered(labels[name], values) for name in notes],
        "fixed": [templates.rendered(labels[name], values) for name in fixed],
    }


def _lines(lines: tuple[str, ...]) -> list[str]:
    return [clean(line, LINE_LENGTH_MAX) for line in lines]


def _some(numbers: list[str]) -> str:
    shown = ", ".join(numbers[:INVOICES_IN_SUBJECT_MAX])
    return shown + " …" if len(numbers) > INVOICES_IN_SUBJECT_MAX else shown
