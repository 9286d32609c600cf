"""Letters to look at: any step in any language, to made-up customers of every difficult kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from receivables.dispatch.letter import Letter, LetterLine, LetterSegment
from receivables.dispatch.payment import PaymentAccount

AS_OF = date(2026, 3, 31)
SELLER, CITY = "Nordlicht Pumpen GmbH", "Hamburg"
EURO_ACCOUNT = PaymentAccount(
    name=SELLER, country="DE", iban="DE89370400440532013000", bic="COBADEFFXXX"
)
SWISS_ACCOUNT = PaymentAccount(
    name=SELLER, country="CH", iban="CH5800791123000889012", street="Rue du Lac",
    building_number="12", postal_code="2501", city="Biel",
)
PIX_ACCOUNT = PaymentAccount(
    name=SELLER, country="BR", pix_key="11222333000181", city="São Paulo"
)
EURO_DETAILS = ("IBAN DE89 3704 0044 0532 0130 00", "BIC COBADEFFXXX")
SWISS_DETAILS = ("IBAN CH58 0079 1123 0008 8901 2",)
PIX_DETAILS = ("Pix: 11.222.333/0001-81",)


@dataclass(frozen=True, slots=True)
class Sample:
    """What makes a letter difficult, and the letter, in any step and language."""

    name: str
    letter: Letter


def samples(step: str, language: str) -> list[Sample]:
    """The letters of a step in a language, the ordinary one first."""
    plain = _letter(step, language)
    hostile = '<script>alert(1)</script> {{ 7*7 }} #set text(red) "; drop table'
    return [
        Sample("one invoice, interest told, SEPA code", plain),
        *([] if step == "pre_due_notice" else [
            Sample("interest and compensation claimed", _claiming(plain)),
        ]),
        Sample("three currencies and a credit", _in_currencies(plain)),
        Sample("Swiss code, francs", _paid_to(plain, SWISS_ACCOUNT, SWISS_DETAILS, "CHF")),
        Sample("Pix code, reais", _paid_to(plain, PIX_ACCOUNT, PIX_DETAILS, "BRL")),
        Sample("sixty invoices", _with_lines(plain, [
            _line(n, "EUR", days=_days(step)) for n in range(1, 61)
        ])),
        Sample("a long name", replace(
            plain, customer_name="Vereinigte Donaudampfschifffahrtselektrizitäten-"
                                 "Hauptbetriebswerkbauunterbeamtengesellschaft mbH & Co. KG",
            recipient_name="Maximiliane Wilhelmine Freifrau von und zu Hohenstein-Langenfeld",
        )),
        Sample("a hostile name", replace(plain, customer_name=hostile, recipient_name=hostile)),
        Sample("a name from right to left", replace(
            plain, customer_name="شركة الشمال للمضخات (ש.ב.)", recipient_name="דנה לוי"
        )),
    ]


def _letter(step: str, language: str) -> Letter:
    return _with_lines(Letter(
        step=step,
        language=language,
        legal_entity_name=SELLER,
        letterhead=("Hafenstraße 12", "20457 Hamburg", "Deutschland"),
        bank_details=EURO_DETAILS,
        contact_email="ar@seller.example",
        customer_name="Müller & Söhne KG",
        recipient_name="Özlem Kaya",
        recipient_address=("Lange Straße 7", "70173 Stuttgart", "Deutschland"),
        as_of_date=AS_OF,
        pay_by=AS_OF + timedelta(days=10),
        lines=(),
        credits={},
        totals={},
        case_reference="AR-0A1B2C3D",
        payment=EURO_ACCOUNT,
    ), [_line(1, "EUR", days=_days(step))])


def _days(step: str) -> int:
    """How late the invoices of a step are: before the due date nothing is."""
    return -7 if step == "pre_due_notice" else 40


def _with_lines(letter: Letter, lines: list[LetterLine]) -> Letter:
    """The letter about these lines, which are what is to be paid."""
    totals: dict[str, Decimal] = {}
    for line in lines:
        owed = line.open_amount + line.claimed_amount
        totals[line.currency] = totals.get(line.currency, Decimal(0)) + owed
    return replace(letter, lines=tuple(lines), totals=totals)


def _claiming(letter: Letter) -> Letter:
    lines = []
    for line in (_line(1, "EUR", days=40), _line(2, "EUR", days=12)):
        charged = replace(line, fixed_fee_amount=Decimal("40.00"))
        lines.append(replace(charged, claimed_amount=charged.charged_amount))
    return _with_lines(replace(letter, interest_mode="claim"), lines)


def _in_currencies(letter: Letter) -> Letter:
    days = _days(letter.step)
    lines = [_line(1, "EUR", days=days), _line(2, "JPY", days=days), _line(3, "KWD", days=days)]
    made = _with_lines(letter, lines)
    credit = Decimal("-250.00")
    return replace(made, credits={"EUR": credit},
                   totals={**made.totals, "EUR": made.totals["EUR"] + credit})


def _paid_to(
    letter: Letter, account: PaymentAccount, details: tuple[str, ...], currency: str
) -> Letter:
    paid = replace(letter, payment=account, bank_details=details)
    return _with_lines(paid, [_line(1, currency, days=_days(letter.step))])


# How many decimals each currency has, and an amount of it.
AMOUNTS = {"EUR": "1234.56", "CHF": "1949.75", "BRL": "8158.60", "JPY": "150000", "KWD": "98.765"}


def _line(number: int, currency: str, *, days: int) -> LetterLine:
    """An open invoice, half of it paid; with interest where it is late and in euros."""
    due = AS_OF - timedelta(days=days)
    amount = Decimal(AMOUNTS[currency])
    has_interest = currency == "EUR" and days > 0
    interest = (amount * days / 3650).quantize(Decimal("0.01")) if has_interest else None
    segments = () if interest is None else (LetterSegment(
        from_date=due + timedelta(days=1), until_date=AS_OF, days=days, base_amount=amount,
        annual_rate_percent=Decimal("10.00"), interest_amount=interest,
        legal_basis="§ 288 Abs. 2 BGB",
    ),)
    return LetterLine(
        invoice_number=f"RE-2026-{number:04d}",
        issue_date=due - timedelta(days=30),
        due_date=due,
        days_past_due=days,
        currency=currency,
        original_amount=amount * 2,
        open_amount=amount,
        interest_amount=interest,
        segments=segments,
    )
