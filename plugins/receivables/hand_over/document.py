"""The dossier's PDF: for a person to read and sign; the data lie beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any

from receivables.contract import INCLUDE
from receivables.dispatch.templates import clean
from receivables.hand_over.record import Record
from receivables.settings import Entity
from receivables.typeset import set_pdf
from receivables.yaml_text import read_yaml

TEMPLATES, LAYOUT = INCLUDE / "templates" / "dossier", "dossier/document.typ"
CELL_LENGTH_MAX, LINE_LENGTH_MAX = 300, 1000
NUMBERS = ("amount", "percent", "days", "past_due")
HEADERS = ("Date", "From", "To", "Subject", "Message-ID")


@cache
def layout() -> dict[str, dict[str, int]]:
    """Which fields of each table the document shows, and how wide their columns are."""
    read: dict[str, dict[str, int]] = read_yaml(
        (TEMPLATES / "layout.yaml").read_text(encoding="utf-8")
    )
    return read


@cache
def words(language: str) -> dict[str, Any]:
    """The words of the document in one of the languages of our letters."""
    read: dict[str, Any] = read_yaml(
        (TEMPLATES / f"{language}.yaml").read_text(encoding="utf-8")
    )
    return read


def document(
    about: Mapping[str, Any],
    tables: Mapping[str, Sequence[Record]],
    letters: Mapping[str, bytes],
    chain: Sequence[Mapping[str, Any]],
    *,
    creditor: Entity,
    known_at: datetime,
    language: str,
) -> bytes:
    """The PDF. The same arguments give the same bytes: its dates are the night's.

    Whatever a customer wrote is set as plain text, cleaned, and cut where it is too long.
    """
    said = words(language)
    page = {
        "language": language,
        **{name: said[name] for name in ("title", "page", "intro", "none")},
        "case_reference": str(about["case_reference"]),
        "creditor": creditor.name,
        "parties": _parties(about, tables["party"][0], creditor, str(chain[-1]["hash"]), said),
        "sections": [
            _section(name, tables[name], said) for name in layout() if name != "chain"
        ],
        "letters": [
            {"heading": said["letter"].format(file=name), "lines": _letter(message)}
            for name, message in letters.items()
        ],
        "chain": _section("chain", chain, said),
    }
    return set_pdf(LAYOUT, page, at=known_at)


def _parties(
    about: Mapping[str, Any], debtor: Record, creditor: Entity, data_head: str,
    said: Mapping[str, Any],
) -> list[tuple[str, str]]:
    facts = {
        "creditor": ", ".join(creditor.letterhead) or creditor.name,
        "debtor": debtor["customer_name"],
        **{name: debtor[name] for name in ("country", "tax_id", "address")},
        **{name: about[name] for name in (
            "case_reference", "as_of_date", "known_at", "policy_version", "night_fingerprint",
        )},
        "data_head": data_head,
    }
    return [(said["labels"][name], _cell(fact, "")) for name, fact in facts.items() if fact]


def _section(
    name: str, rows: Sequence[Mapping[str, Any]], said: Mapping[str, Any]
) -> dict[str, Any]:
    widths = layout()[name]
    return {
        "heading": said["sections"][name],
        "about": said.get(name, ""),
        "widths": list(widths.values()),
        "numbers": [field.endswith(NUMBERS) for field in widths],
        "headings": [said["headings"][field] for field in widths],
        "rows": [[_cell(row[field], said["is_so"]) for field in widths] for row in rows],
    }


def _letter(message: bytes) -> list[str]:
    """The text of a letter as it was sent; its HTML says the same."""
    letter = message_from_bytes(message, policy=policy.SMTP)
    assert isinstance(letter, EmailMessage)
    body = letter.get_body(("plain",))
    text = "" if body is None else str(body.get_content())
    lines = [clean(f"{header}: {letter[header]}", CELL_LENGTH_MAX) for header in HEADERS]
    return [*lines, "", *(clean(line, LINE_LENGTH_MAX) for line in text.splitlines())]


def _cell(value: Any, is_so: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return is_so if value else ""
    return clean(str(value), CELL_LENGTH_MAX)
