"""The commitment letter: what a debtor signs and sends back, filled in but for the day."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from receivables.dispatch.letter import Letter, RenderedLetter, letter_page, reader_of
from receivables.dispatch.templates import (
    LANGUAGES,
    TEMPLATES,
    environment,
    language_of,
    read_words,
    rendered,
    word_faults,
)

BLANKS = ("signed_at", "name", "position", "signature")
_OF_THE_DEBT = frozenset({"customer", "entity", "as_of_date", "total"})
SENTENCES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("opening", "closing", "after"), _OF_THE_DEBT),
    **dict.fromkeys(
        ("subject", "to", "reference", "delivery_refs", "credit", "pay_on", *BLANKS), frozenset()
    ),
}
LAYOUTS = ("layout/commitment_letter.txt.j2", "layout/commitment_letter.html.j2")


def commitment_letter(letter: Letter) -> RenderedLetter:
    """The commitment letter to go with a letter: its invoices, their shipping documents, its total.

    Raises DataError if the letter does not add up.
    """
    reader = reader_of(letter)
    words = _words(language_of(letter.language))
    page = letter_page(letter, reader)
    said = {name: rendered(words[name], page) for name in ("opening", "closing", "after")}
    page |= {
        **said, "words": words, "blanks": [words[name] for name in BLANKS],
        "subject": f"[{page['case_reference']}] {words['subject']}",
    }
    text, html = (environment().get_template(name).render(page) for name in LAYOUTS)
    return RenderedLetter(
        subject=page["subject"],
        text=text,
        html=html,
        language=reader.labels["language"],
        asked_for=letter.language,
        amount_text=page["total"],
        page=page,
        payment_code=None,
    )


def commitment_faults(root: Path = TEMPLATES) -> list[str]:
    """What stands in the way of writing commitment letters, in every language: all of it."""
    faults = [
        fault for language in LANGUAGES for fault in word_faults(_file(root, language), SENTENCES)
    ]
    missing = [root / layout for layout in LAYOUTS if not (root / layout).is_file()]
    return faults + [f"{file}: is missing; write it" for file in missing]


@cache
def _words(language: str) -> dict[str, Any]:
    return read_words(_file(TEMPLATES, language))


def _file(root: Path, language: str) -> Path:
    return root / "commitment_letter" / language / "wording.yaml"
