"""The commitment letter: the letter's own figures and the shipping documents, and blanks to fill in."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from letters import line, make_letter
from receivables.dispatch import templates
from receivables.dispatch.commitment import BLANKS, commitment_faults, commitment_letter
from receivables.dispatch.letter import Letter, render
from receivables.dispatch.templates import LANGUAGES, TEMPLATES, TEXT_WIDTH, read_words
from receivables.errors import DataError
from test_letter import CURRENCY_AMOUNT, HOSTILE, UNSEEN, Page, squeezed

REFS = ("CT-1", "ROMANEIO 77/2026")


def letter(language: str = "en", **changes: object) -> Letter:
    base = make_letter("reminder_2", language)
    lines = (replace(base.lines[0], delivery_refs=REFS), *base.lines[1:])
    return replace(base, **{"lines": lines, **changes})


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_every_invoice_with_its_shipping_documents_and_leaves_the_day_blank(
    language: str,
) -> None:
    asked = letter(language)
    document = commitment_letter(asked)
    words = read_words(TEMPLATES / "commitment_letter" / language / "wording.yaml")
    page = Page(document.html)
    for shown in (squeezed(document.text), squeezed(page.text)):
        for known in ("RE-1", "RE-2", "RE-3", "CT-1, ROMANEIO 77/2026", "Müller & Söhne",
                      "Nordlicht Pumpen GmbH", "AR-2026-00123", words["pay_on"],
                      *(words[name] for name in BLANKS)):
            assert str(known) in shown
        assert "{" not in shown
    assert document.text.count("_" * 20) == 1 + len(BLANKS)
    assert squeezed(document.amount_text) in squeezed(document.text)
    assert document.amount_text == render(asked).amount_text, "it commits to what the letter asks for"
    amounts = {amount for amount in CURRENCY_AMOUNT.findall(page.text) if "\u00a0" in amount}
    assert len(amounts) == 5, "three open amounts, a credit, and the total that differs from them"
    assert all(squeezed(amount) in squeezed(document.text) for amount in amounts)
    assert max(map(len, document.text.splitlines())) <= TEXT_WIDTH
    assert page.of("html") == [{"lang": document.language, "dir": "ltr"}]
    assert str(words["delivery_refs"]) not in document.text.split("RE-2")[1], "those that there are"


def test_what_is_claimed_is_in_its_total() -> None:
    late = line("RE-7", date(2026, 2, 1), "EUR", "0.00", "12.34", document_type="interest_claim",
                fixed_fee_amount=Decimal("40.00"), claimed_amount=Decimal("52.34"))
    document = commitment_letter(letter(
        lines=(late,), credits={}, totals={"EUR": Decimal("52.34")}, interest_mode="claim"))
    shown = squeezed(document.text)
    assert "Interest on invoice RE-7, paid late" in shown
    assert "Late-payment interest: EUR 12.34 Fixed sum for late payment: EUR 40.00" in shown
    assert "We will pay EUR 52.34 in full by the day that we enter here: Day of payment" in shown


def test_a_total_that_does_not_add_up_is_no_commitment() -> None:
    with pytest.raises(DataError, match="add up"):
        commitment_letter(letter(totals={"EUR": Decimal(1)}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_speaks_of_the_attachment_only_if_it_is_there(language: str) -> None:
    sentence = str(templates.labels(language)["attached_commitment_letter"])
    assert squeezed(sentence) not in squeezed(render(letter(language)).text)
    with_it = render(letter(language, attached=("commitment_letter",)))
    assert squeezed(sentence) in squeezed(with_it.text)
    assert sentence in Page(with_it.html).text


@pytest.mark.parametrize(("text", "because"), HOSTILE, ids=[row[1] for row in HOSTILE])
def test_whatever_a_shipping_document_is_called_does_no_harm(text: str, because: str) -> None:
    [item, *others] = letter().lines
    document = commitment_letter(letter(
        customer_name=text, lines=(replace(item, delivery_refs=(text, text)), *others)))
    allowed = {tag for tag, _ in Page(commitment_letter(letter()).html).tags}
    assert {tag for tag, _ in Page(document.html).tags} <= allowed, because
    assert not UNSEEN.search(document.text) and len(document.html) < 20_000


def test_words_that_are_missing_are_found_when_the_policy_is_read(tmp_path: Path) -> None:
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    assert commitment_faults(root) == commitment_faults() == []
    (root / "commitment_letter/it/wording.yaml").unlink()
    (root / "layout/commitment_letter.txt.j2").unlink()
    assert [fault.removeprefix(f"{root}/") for fault in commitment_faults(root)] == [
        "commitment_letter/it/wording.yaml: is missing; write it",
        "layout/commitment_letter.txt.j2: is missing; write it",
    ]
