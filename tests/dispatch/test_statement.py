"""The statement of interest: every row of it, in the reader's words, adding up to what is asked."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from babel.numbers import parse_decimal
from letters import AS_OF, line, make_letter, segment
from receivables.dispatch import templates
from receivables.dispatch.amounts import printed_rate
from receivables.dispatch.letter import Letter, LetterLine, RenderedLetter, render
from receivables.dispatch.line import CHARGES
from receivables.dispatch.statement import SEGMENTS_TOLD_MAX
from receivables.dispatch.templates import LANGUAGES, STEPS, TEXT_WIDTH
from receivables.errors import DataError, WrongUse
from test_letter import Page, squeezed
from worked_letters import rendered_letters, worked_letters

COUNTRIES = ("DE", "FR", "UK", "BR", "RU")


def letter_of(*lines: LetterLine, mode: str = "claim", **changes: object) -> Letter:
    """A letter about these items, its totals as they follow from them."""
    totals: dict[str, Decimal] = {}
    for item in lines:
        demanded = item.open_amount + item.claimed_amount
        totals[item.currency] = totals.get(item.currency, Decimal(0)) + demanded
    stated = {
        "step": "demand", "language": "en", "credits": {}, "lines": lines, "totals": totals,
        "interest_mode": mode,
    }
    return make_letter(**(stated | changes))


def claimed(number: str, interest: str = "12.34", **changes: object) -> LetterLine:
    """An item whose interest and fixed fee are claimed."""
    stated = {
        "fixed_fee_amount": Decimal("40.00"), "claimed_amount": Decimal(interest) + Decimal("40.00"),
    }
    open_amount = str(changes.pop("open_amount", "100.00"))
    return line(number, date(2026, 2, 1), "EUR", open_amount, interest, **(stated | changes))


def annex(rendered: RenderedLetter, language: str) -> str:
    """What stands below the heading of the statement, in plain text."""
    return rendered.text.split(f"\n{templates.labels(language)['statement']}\n")[1]


def rows_and_sums(rendered: RenderedLetter, language: str) -> tuple[list[Decimal], list[Decimal]]:
    """The last column of the plain statement, read back: of rows of days, and of rows of sums."""
    words = templates.labels(language)
    sums = [str(words[name])[1:] for name in CHARGES]
    dated, summed = [], []
    for text in annex(rendered, language).split("\n-- \n")[0].splitlines():
        cells = re.split(" {2,}", text)
        if len(cells) == 6 and cells[0] != words["segment_from"]:
            dated.append(parse_decimal(cells[-1], locale=words["locale"], strict=True))
        elif len(cells) == 2 and cells[0][1:] in sums:
            summed.append(parse_decimal(cells[-1], locale=words["locale"], strict=True))
    return dated, summed


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_rows_printed_add_up_to_what_is_asked_or_told(country: str) -> None:
    letter, rendered = worked_letters()[country], rendered_letters()[country]
    rows, sums = rows_and_sums(rendered, letter.language[:2])
    assert len(rows) == sum(len(item.segments) for item in letter.lines) >= 2
    assert sum(rows) == sum(item.charge("interest") for item in letter.lines)
    assert sum(sums) == sum(item.charged_amount for item in letter.lines)
    [total] = letter.totals.values()
    principal = sum((item.open_amount for item in letter.lines), Decimal(0))
    is_claim = letter.interest_mode == "claim"
    assert total == principal + (sum(sums) if is_claim else 0)
    assert rendered.amount_text in rendered.text


# country | a line of the plain statement (spaces squeezed) | because
PRINTED = [
    ("DE", "30.05.2026 15.06.2026 17 10.000,00 10,27 % 47,83", "to the day of the payment"),
    ("DE", "16.06.2026 30.06.2026 15 7.000,00 10,27 % 29,54", "on the rest"),
    ("DE", "01.07.2026 20.07.2026 20 7.000,00 10,52 % 40,35", "the new base rate"),
    ("DE", "Verzugspauschale 40,00", "a row of its own"),
    ("DE", "Summe 157,72", "interest and fee"),
    ("DE", "Verzugszinsen auf Rechnung RE-2026-0377, verspätet bezahlt", "the invoice is paid"),
    ("DE", "Verzugszinsen: 131,79 EUR Verzugspauschale: 80,00 EUR Zu zahlen: 7.211,79 EUR", "total"),
    ("DE", "Rechtsgrundlage: BGB §§ 247, 288 Abs. 2 und 5", "the law of the rule"),
    ("FR", "1 juin 2026 20 juin 2026 20 4 800,00 12,15 % 31,96", "to the day of the payment"),
    ("FR", "1 juil. 2026 20 juil. 2026 20 3 000,00 12,4 % 20,38", "the ECB's new rate, no idle 0"),
    ("FR", "Indemnité forfaitaire pour frais de recouvrement 40,00", "a row of its own"),
    ("FR", "Montant à régler : 3 000,00 EUR", "interest is told, and not in it"),
    ("FR", "pénalités de retard 62,33 EUR et indemnité forfaitaire", "and said to be so"),
    ("UK", "24 Feb 2026 20 Mar 2026 25 22,000.00 11.75% 177.05", "to the day of the payment"),
    ("UK", "21 Mar 2026 20 Jul 2026 122 14,000.00 11.75% 549.84", "frozen beyond 1 July"),
    ("UK", "Fixed sum for late payment: GBP 100.00", "the tier from 10,000 up"),
    ("BR", "01/06/2026 14/06/2026 14 12.500,00 5,407692% 26,29", "a rate is never rounded"),
    ("BR", "01/07/2026 19/07/2026 19 7.500,00 8,479284% 32,48", "each month has its rate"),
    ("BR", "Multa moratória: BRL 160,00", "2 % under the contract"),
    ("BR", "Base legal: Código Civil, art. 406 (Lei 14.905/2024)", "one claim is under the law"),
    ("BR", "Base legal: Cláusula contratual: multa de 2 % e mora", "the other under its contract"),
    ("RU", "22.06.2026 29.06.2026 8 850 000,00 14,25 % 2 654,79", "a new key rate"),
    ("RU", "30.06.2026 26.07.2026 27 600 000,00 14,25 % 6 324,66", "after the payment"),
    ("RU", "К оплате: 600 000,00 RUB", "interest is told, and not in it"),
]


@pytest.mark.parametrize(("country", "text", "because"), PRINTED)
def test_a_statement_under_the_rules_and_rates_that_we_ship(
    country: str, text: str, because: str
) -> None:
    assert text in squeezed(rendered_letters()[country].text), because


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_page_says_what_the_plain_text_says(country: str) -> None:
    letter, rendered = worked_letters()[country], rendered_letters()[country]
    page = squeezed(Page(rendered.html.replace("<br>", " ")).text)
    for text in annex(rendered, letter.language[:2]).splitlines():
        for cell in re.split(" {2,}", text):
            if not cell.startswith("--") and "Base legal" not in cell:
                assert squeezed(cell) in page
    assert max(map(len, rendered.text.splitlines())) <= TEXT_WIDTH


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_letter_that_leaves_interest_off_has_no_word_of_it(step: str, language: str) -> None:
    letter = make_letter(step, language)
    off = make_letter(step, language, interest_mode="off", lines=tuple(
        line(item.invoice_number, item.due_date, item.currency, str(item.open_amount), "18422.17",
             fixed_fee_amount=Decimal("40.00"), fine_amount=Decimal("5.00"), needs_confirmation=True)
        for item in letter.lines
    ))
    words = templates.labels(language)
    for text in (render(off).text.lower(), Page(render(off).html).text.lower()):
        for name in (*CHARGES, "statement", "not_included", "legal_basis"):
            assert str(words[name]).lower() not in text
        assert "288" not in text and "422" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [step for step in STEPS if step != "pre_due_notice"])
def test_a_letter_that_claims_says_what_its_total_holds(step: str, language: str) -> None:
    letter = letter_of(claimed("RE-1", fine_amount=Decimal("5.00"), claimed_amount=Decimal("57.34")),
                       step=step, language=language)
    rendered = render(letter)
    words = templates.labels(language)
    body = squeezed(rendered.text.split(str(words["statement"]))[0])
    assert body.count("157") >= 2, "in the table and in the request"
    printed = rendered.text.splitlines()
    end = printed.index(f"{words['total']}{words['colon']} {rendered.amount_text}")
    for name, text in zip(reversed(CHARGES), reversed(printed[end - 3:end]), strict=True):
        assert str(words[name]) in body, "named where the sum is asked for"
        assert text[1:].startswith(f"{words[name]}{words['colon']}"[1:]), "and above the total"
    assert f"({words['in_total']})" in rendered.text
    assert str(words["not_included"]) not in rendered.text
    for past in ("offenen Betrag", "open amount of", "Offen sind", "solde de"):
        assert past not in body, "an open amount is without interest"


UNPAID = {
    "de": "nicht bezahlt|keinen vollständigen|offen\\.|Offene Rechnung",
    "en": "unpaid|not yet seen|Open invoice",
    "fr": "impayée|pas encore|en attente de règlement",
    "pt": "não foi paga|em aberto|não identificamos",
    "ru": "не оплачен\\b|неоплаченной|не получили|Неоплаченн",
    "es": "no nos consta|impagad|pendiente de pago",
    "it": "non abbiamo ancora ricevuto|non saldat|Fattura da saldare",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [step for step in STEPS if step != "pre_due_notice"])
def test_who_paid_late_is_thanked_and_not_told_that_the_invoice_is_unpaid(
    step: str, language: str
) -> None:
    late = claimed("RE-7", document_type="interest_claim", open_amount=Decimal("0.00"))
    rendered = render(letter_of(late, step=step, language=language))
    words = templates.labels(language)
    shown = squeezed(rendered.text)
    assert f"{words['interest_on']} RE-7, {words['paid_late']}" in shown
    assert f"{words['interest_on']} RE-7, {words['paid_late']}" in squeezed(Page(rendered.html).text)
    unpaid = squeezed(render(letter_of(claimed("RE-7"), step=step, language=language)).text)
    assert len(re.findall(UNPAID[language], unpaid.split("RE-7")[0])) == 2, "opening and caption"
    assert not re.search(UNPAID[language], shown.split("RE-7")[0])
    thanks = {"de": "vielen Dank", "en": "Thank you", "fr": "remercions", "pt": "Agradecemos",
              "ru": "Благодарим", "es": "agradecemos", "it": "ringraziamo"}
    assert thanks[language] in rendered.text.split("RE-7")[0]
    mixed = render(letter_of(late, claimed("RE-8"), step=step, language=language))
    assert squeezed(str(words["paid_late_note"])) in squeezed(mixed.text)
    assert thanks[language] not in mixed.text.split("RE-7")[0]


def test_an_unconfirmed_rate_is_marked_and_claims_nothing() -> None:
    unsure = line(
        "RE-2", date(2026, 2, 1), "EUR", "100.00", "3.00", needs_confirmation=True,
        fixed_fee_amount=Decimal("40.00"), segments=(
            segment("1.00", date(2026, 2, 1)),
            segment("2.00", date(2026, 2, 1), needs_confirmation=True),
        ),
    )
    rendered = render(letter_of(claimed("RE-1"), unsure))
    assert squeezed(rendered.amount_text) == "EUR 252.34"
    assert rendered.text.count("10.27%*") == 1 and rendered.html.count("10.27%*") == 1
    assert "Late-payment interest (not included): EUR 3.00*" in squeezed(rendered.text)
    assert squeezed(rendered.text).count("* Provisional: we have not yet confirmed") == 2
    assert rendered.text.count("(included in the amount to pay)") == 1
    assert squeezed(rendered.text).count("not included in the amount to pay)") == 1
    assert "EUR 3.00 and fixed sum for late payment EUR 40.00" in squeezed(rendered.text)
    assert "Provisional" not in render(letter_of(claimed("RE-1"))).text


TWO_ROWS = (segment("10.00", date(2026, 2, 1)), segment("2.34", date(2026, 2, 1)))
TOLD = {"claimed_amount": Decimal(0)}
# changes to an item with 12.34 of interest and a fee of 40.00 | mode | fault | because
REFUSED: list[tuple[dict[str, Any], str, str, str]] = [
    ({"segments": ()}, "claim", "do not add up", "interest that nothing explains"),
    ({"segments": TWO_ROWS[:1], **TOLD}, "display", "do not add up", "a row is missing"),
    ({"interest_amount": Decimal("12.35"), **TOLD}, "display", "do not add up", "a cent"),
    ({"interest_amount": None, **TOLD}, "display", "do not add up", "rows without a sum"),
    ({"needs_confirmation": True}, "claim", "nobody has confirmed", "a claim on an unsure rate"),
    (
        {"segments": (TWO_ROWS[0], segment("2.34", AS_OF, needs_confirmation=True))}, "claim",
        "nobody has confirmed", "one of its rows is unsure",
    ),
    ({"claimed_amount": Decimal("12.34")}, "claim", "not the item's", "the fee is not explained"),
    ({"claimed_amount": Decimal("52.35")}, "claim", "not the item's", "a cent too much"),
    ({}, "display", "its step does not", "a step that only tells"),
    ({}, "off", "its step does not", "a step that leaves it off"),
    ({"document_type": "interest_claim"}, "claim", "still has an open", "paid, yet open"),
    (
        {"document_type": "interest_claim", "open_amount": Decimal(0), **TOLD},
        "off", "about nothing else", "nothing is left to say",
    ),
    (
        {"interest_amount": Decimal("-50"), "segments": (segment("-50", date(2026, 2, 1)),),
         "claimed_amount": Decimal("-10.00")},
        "claim", "negative", "a negative claim is a credit",
    ),
]


@pytest.mark.parametrize(("changes", "mode", "fault", "because"), REFUSED)
def test_a_letter_whose_interest_does_not_hold_is_not_written(
    changes: dict[str, Any], mode: str, fault: str, because: str
) -> None:
    wrong = claimed("RE-1", **({"segments": TWO_ROWS} | changes))
    render(letter_of(claimed("RE-1", segments=TWO_ROWS)))
    with pytest.raises(DataError, match=fault):
        render(letter_of(wrong, mode=mode))


def test_a_total_without_what_is_claimed_is_refused() -> None:
    with pytest.raises(DataError, match="add up"):
        render(letter_of(claimed("RE-1"), totals={"EUR": Decimal("100.00")}))
    with pytest.raises(WrongUse, match="display, claim, off"):
        render(letter_of(claimed("RE-1"), mode="demand"))


def test_a_fee_is_claimed_though_the_interest_is_not_known() -> None:
    fee = {"interest_amount": None, "segments": (), "claimed_amount": Decimal("40.00")}
    rendered = render(letter_of(claimed("RE-1", **fee)))
    assert squeezed(rendered.amount_text) == "EUR 140.00"
    assert "Fixed sum for late payment: EUR 40.00" in squeezed(rendered.text)
    assert "terest: EUR" not in squeezed(rendered.text)


MANY = tuple(
    line(f"RE-{number}", date(2026, 1, 1), "EUR", "100.00", "3.00", segments=(
        segment("1.00", date(2026, 1, 1)), segment("2.00", date(2026, 1, 1)),
    )) for number in range(61)
)


@pytest.mark.parametrize(
    ("language", "unexplained", "text"),
    [
        ("de", 1, "Für 1 Position ist die Berechnung hier nicht abgedruckt"),
        ("de", 41, "Für 41 Positionen ist"),
        ("en", 1, "For 1 item the calculation is not printed here"),
        ("fr", 41, "Pour 41 postes, le calcul"),
        ("pt", 2, "Para 2 itens, o cálculo"),
        ("es", 1, "El cálculo de 1 partida no se reproduce aquí"),
        ("es", 41, "El cálculo de 41 partidas no se reproduce"),
        ("it", 1, "Il calcolo relativo a 1 voce non è riportato"),
        ("it", 2, "Il calcolo relativo a 2 voci non è riportato"),
        ("ru", 1, "Расчёт по 1 позиции здесь не приводится"),
        ("ru", 2, "Расчёт по 2 позициям"),
        ("ru", 11, "Расчёт по 11 позициям"),
        ("ru", 21, "Расчёт по 21 позиции здесь"),
    ],
)
def test_a_letter_that_only_tells_of_much_interest_sends_the_rest_on_request(
    language: str, unexplained: int, text: str
) -> None:
    explained = SEGMENTS_TOLD_MAX // 2
    letter = letter_of(*MANY[:explained + unexplained], mode="display", language=language)
    rendered = render(letter)
    assert text in squeezed(rendered.text) and text in squeezed(Page(rendered.html).text)
    assert annex(rendered, language).count("RE-") == explained
    assert len(rendered.html.encode()) < 102_000, "where large providers cut a mail off"
    whole = render(letter_of(*MANY[:explained], mode="display", language=language))
    assert text.split()[-1] not in annex(whole, language)
    assert len(rows_and_sums(whole, language)[0]) == SEGMENTS_TOLD_MAX


def test_a_letter_that_claims_explains_all_of_it_however_much() -> None:
    lines = tuple(claimed(f"RE-{number}") for number in range(2 * SEGMENTS_TOLD_MAX))
    rendered = render(letter_of(*lines))
    rows, sums = rows_and_sums(rendered, "en")
    assert len(rows) == len(lines) and sum(sums) == sum(item.claimed_amount for item in lines)
    assert "on request" not in rendered.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hundred_invoices_that_are_all_claimed_are_not_clipped(language: str) -> None:
    rows = (segment("6.17", date(2026, 2, 1)), segment("6.17", date(2026, 2, 1)))
    letter = letter_of(*(
        claimed(f"RE-2026-{n:06}", segments=rows, open_amount="1234.56") for n in range(100)
    ), language=language, attached=("commitment_letter",))
    assert len(render(letter).html.encode()) < 100_000, "large providers cut a mail off at 102 kB"


def test_a_statement_too_wide_for_a_plain_mail_is_told_cell_by_cell() -> None:
    wide = "123456789012345.00"
    rows = tuple(segment("61728394506172.50", date(2026, 2, 1), base_amount=Decimal(wide))
                 for _ in range(2))
    rendered = render(letter_of(
        line("RE-1", date(2026, 2, 1), "EUR", wide, wide, segments=rows), mode="display",
        language="fr",
    ))
    assert max(map(len, rendered.text.splitlines())) <= TEXT_WIDTH
    shown = rendered.text.replace("\u202f", "").replace("\u00a0", " ")
    assert "\njours : 30\nassiette : 123456789012345,00\ntaux annuel : 10,27 %\n" in shown
    assert "\npénalités : 61728394506172,50\n\ndu : 2 févr. 2026\n" in shown


def test_a_law_is_named_once_and_beside_its_invoice_where_there_are_two() -> None:
    other = segment("12.34", date(2026, 2, 1), legal_basis="<b>Contract</b>, clause 7")
    one = render(letter_of(claimed("RE-1"), claimed("RE-2")))
    assert one.text.count("§ 288 (2) BGB") == one.html.count("§ 288 (2) BGB") == 1
    two = render(letter_of(claimed("RE-1"), claimed("RE-2", segments=(other,)), claimed("RE-3")))
    parts = annex(two, "en").split("Invoice RE-")[1:]
    assert ["288" in part for part in parts] == [True, False, True]
    assert ["clause 7" in part for part in parts] == [False, True, False]
    assert "&lt;b&gt;Contract" in two.html and "<b>Contract" not in two.html


@pytest.mark.parametrize(
    ("percent", "language", "text", "because"),
    [
        ("12.370000", "de", "12,37\u00a0%", "no needless zeros"),
        ("10.000000", "en-GB", "10%", "not 1E+1"),
        ("15.671808", "pt-BR", "15,671808%", "never rounded"),
        ("0.605306", "pt-BR", "0,605306%", "below one"),
        ("1200.5", "en", "1,200.5%", "above a thousand"),
        ("-0.880000", "de", "-0,88\u00a0%", "rates were negative"),
        ("0", "ru", "0\u00a0%", "nothing"),
        ("12.5", "fr", "12,5\u00a0%", "as French writes it"),
    ],
)
def test_a_rate_is_printed_with_every_digit_and_no_other(
    percent: str, language: str, text: str, because: str
) -> None:
    assert printed_rate(Decimal(percent), locale=Locale.parse(language, sep="-")) == text, because


@pytest.mark.parametrize("percent", ["NaN", "Infinity", "0.0000001"])
def test_a_rate_that_is_none_is_refused(percent: str) -> None:
    with pytest.raises(DataError, match="decimals"):
        printed_rate(Decimal(percent), locale=Locale.parse("de"))


def test_interest_in_two_currencies_is_never_added_up() -> None:
    yen = line("RE-2", AS_OF - timedelta(days=3), "JPY", "1000", "7", claimed_amount=Decimal(7))
    rendered = render(letter_of(claimed("RE-1"), yen))
    shown = squeezed(rendered.text)
    assert "Late-payment interest: EUR 12.34 Late-payment interest: JPY 7 Fixed" in shown
    assert squeezed(rendered.amount_text) == "EUR 152.34 and JPY 1,007"
    told = render(letter_of(line("RE-1", AS_OF, "EUR", "1.00", "2.00"),
                            line("RE-2", AS_OF, "JPY", "1", "2"), mode="display"))
    assert "late-payment interest EUR 2.00 + JPY 2." in squeezed(told.text)
