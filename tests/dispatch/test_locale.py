"""How amounts, dates and names of every script stand in letters: nothing changes places."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from letters import AS_OF, composed, line, make_letter
from receivables.dispatch.commitment import commitment_letter
from receivables.dispatch.letter import RenderedLetter, render
from receivables.dispatch.templates import (
    FIRST_STRONG_ISOLATE,
    LANGUAGES,
    POP_ISOLATE,
    STEPS,
    shown,
)
from test_letter import Page, squeezed

AMOUNTS = {
    "EUR": "1234567.89", "BRL": "0.05", "JPY": "1500000", "KWD": "2000.000",
}
CREDIT = Decimal("-1234.567")
# language | EUR | BRL | JPY, no decimals | credit in KWD, three | 2 September 2026 | because
TABLE = [
    ("pt", "EUR 1.234.567,89", "BRL 0,05", "JPY 1.500.000", "KWD -1.234,567", "02/09/2026",
     "Brazil: code first"),
    ("de", "1.234.567,89 EUR", "0,05 BRL", "1.500.000 JPY", "-1.234,567 KWD", "02.09.2026",
     "code last"),
    ("fr", "1 234 567,89 EUR", "0,05 BRL", "1 500 000 JPY", "-1 234,567 KWD", "2 sept. 2026",
     "narrow spaces"),
    ("ru", "1 234 567,89 EUR", "0,05 BRL", "1 500 000 JPY", "-1 234,567 KWD", "02.09.2026",
     "spaces"),
    ("en", "EUR 1,234,567.89", "BRL 0.05", "JPY 1,500,000", "KWD -1,234.567", "Sep 2, 2026",
     "a month in words: 9/2 and 2/9 are both read"),
    ("es", "1.234.567,89 EUR", "0,05 BRL", "1.500.000 JPY", "-1.234,567 KWD", "2 sept 2026",
     "code last; a month in words, for the same reason"),
    ("it", "EUR 1.234.567,89", "BRL 0,05", "JPY 1.500.000", "KWD -1.234,567", "02/09/2026",
     "code first, as the Publications Office of the EU has it for Italian"),
]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_money_and_dates_in_every_language(row: tuple[str, ...]) -> None:
    language, *printed, day, because = row
    totals = {code: Decimal(amount) for code, amount in AMOUNTS.items()}
    letter = make_letter(
        language=language, totals={**totals, "KWD": totals["KWD"] + CREDIT},
        lines=tuple(line(f"RE-{code}", date(2026, 9, 2), code, amount)
                    for code, amount in AMOUNTS.items()),
        credits={"KWD": CREDIT},
    )
    rendered = render(letter)
    for text in (squeezed(rendered.text), squeezed(Page(rendered.html).text)):
        for expected in (*printed, day):
            assert expected in text, because


def test_the_table_has_every_language() -> None:
    assert {row[0] for row in TABLE} == set(LANGUAGES)


FROM_THE_RIGHT = ("R", "AL", "AN")
NAMES = [
    # name | because
    ("חברת 123 בע״מ", "Hebrew with digits in it"),
    ("شركة ١٢٣ للتجارة 456", "Arabic with digits of both kinds"),
    ("Acme שלום 99", "Latin first, Hebrew and digits last"),
    ("١٢٣", "nothing but Arabic digits"),
    ("\u202eאב\u202c 7", "and it asks to be turned around"),
    ("חברה 1 " * 17, "longer than a line, so that it goes on in the next"),
]


def outside_isolates(text: str) -> str:
    """What stands around the isolates, each of which must be closed on its line."""
    pattern = f"{FIRST_STRONG_ISOLATE}[^{FIRST_STRONG_ISOLATE}{POP_ISOLATE}\n]*{POP_ISOLATE}"
    rest = re.sub(pattern, "", text)
    assert FIRST_STRONG_ISOLATE not in rest and POP_ISOLATE not in rest
    return rest


def parts(rendered: RenderedLetter) -> tuple[str, ...]:
    return rendered.subject, rendered.text, Page(rendered.html).text


@pytest.mark.parametrize(("name", "because"), NAMES, ids=[row[1] for row in NAMES])
@pytest.mark.parametrize("step", STEPS)
def test_a_name_from_right_to_left_moves_no_amount(step: str, name: str, because: str) -> None:
    letter = make_letter(
        step, "en", customer_name=name, recipient_name=name, legal_entity_name=name,
        letterhead=(name,), credits={}, totals={"EUR": Decimal("5.00")},
        lines=(line(name, date(2026, 3, 2), "EUR", "5.00", "1.00", delivery_refs=(name,)),),
    )
    for text in (*parts(render(letter)), *parts(commitment_letter(letter))):
        for character in outside_isolates(text):
            assert unicodedata.bidirectional(character) not in FROM_THE_RIGHT, because
    assert len(composed(render(letter))) > 1000, "and it can be sent"


def test_only_what_runs_from_the_right_is_closed_off() -> None:
    assert shown("Müller & Söhne 99", 40) == "Müller & Söhne 99"
    assert shown("株式会社𠮷野家 👩‍🔧", 40) == "株式会社𠮷野家 👩‍🔧", "four bytes a character"
    assert shown("אב\nגד", 40) == f"{FIRST_STRONG_ISOLATE}אב גד{POP_ISOLATE}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["𠮷野家 👩‍🔧", "🏭" * 60, "\U0010fffd"])
def test_characters_of_four_bytes_arrive(language: str, name: str) -> None:
    rendered = render(make_letter("demand", language, customer_name=name))
    for text in (rendered.text, Page(rendered.html).text):
        assert shown(name, 120) in text
    assert composed(rendered).isascii() and AS_OF.isoformat().encode() in composed(rendered)
