"""The dossier's PDF: for a person to read and sign; the data lie beside it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from receivables.contract import INCLUDE
from receivables.dispatch.templates import clean
from receivables.hand_over.record import Record
from receivables.settings import Entity

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS, TEMPLATES = INCLUDE / "fonts", INCLUDE / "templates" / "dossier"
FONT = "DejaVu"
CELL_LENGTH_MAX, LINE_LENGTH_MAX = 300, 1000
HEADING_ROOM = 45  # millimetres that a heading and its first rows take
NUMBERS = ("amount", "percent", "days", "past_due")
HEADERS = ("Date", "From", "To", "Subject", "Message-ID")


@cache
def layout() -> dict[str, dict[str, int]]:
    """Which fields of each table the document shows, and how wide their columns are."""
    read: dict[str, dict[str, int]] = yaml.safe_load(
        (TEMPLATES / "layout.yaml").read_text(encoding="utf-8")
    )
    return read


@cache
def words(language: str) -> dict[str, Any]:
    """The words of the document in one of the languages of our letters."""
    read: dict[str, Any] = yaml.safe_load(
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
    pdf = _new(f"{said['title']} {about['case_reference']}", known_at, said["page"])
    pdf.add_page()
    _text(pdf, said["title"], size=18, bold=True)
    _parties(pdf, about, tables["party"][0], creditor, str(chain[-1]["hash"]), said)
    _text(pdf, said["intro"], size=9)
    for name in layout():
        if name != "chain":
            _section(pdf, name, tables[name], said)
    for name, message in letters.items():
        pdf.add_page(orientation="portrait")
        _letter(pdf, said["letter"].format(file=name), message)
    pdf.add_page(orientation="landscape")
    _section(pdf, "chain", chain, said)
    return bytes(pdf.output())


def _new(title: str, known_at: datetime, page_text: str) -> FPDF:
    from fpdf import FPDF

    # It would name the letters that a font lacks, and they are a customer's.
    logging.getLogger("fpdf").setLevel(logging.ERROR)

    class Document(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(FONT, size=7)
            page = page_text.format(number=self.page_no(), count="{nb}")
            self.cell(0, 6, f"{title}   {page}", align="C")

    pdf = Document(orientation="landscape", format="A4")
    pdf.set_creation_date(known_at)
    pdf.set_title(title)
    pdf.set_creator("Receivables")
    pdf.set_producer("Receivables")
    pdf.add_font(FONT, fname=FONTS / "DejaVuSansCondensed.ttf")
    pdf.add_font(FONT, style="B", fname=FONTS / "DejaVuSansCondensed-Bold.ttf")
    pdf.set_auto_page_break(True, margin=15)
    pdf.set_line_width(0.1)
    return pdf


def _text(pdf: FPDF, text: str, *, size: int, bold: bool = False) -> None:
    pdf.set_font(FONT, style="B" if bold else "", size=size)
    pdf.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)


def _parties(
    pdf: FPDF, about: Mapping[str, Any], debtor: Record, creditor: Entity, data_head: str,
    said: Mapping[str, Any],
) -> None:
    labels = said["labels"]
    facts = {
        "creditor": ", ".join(creditor.letterhead) or creditor.name,
        "debtor": debtor["customer_name"],
        **{name: debtor[name] for name in ("country", "tax_id", "address")},
        **{name: about[name] for name in (
            "case_reference", "as_of_date", "known_at", "policy_version", "night_fingerprint",
        )},
        "data_head": data_head,
    }
    rows = [[labels[name], _cell(fact, "")] for name, fact in facts.items() if fact]
    _table(pdf, [(1, ""), (4, "")], rows, ["LEFT", "LEFT"])


def _section(
    pdf: FPDF, name: str, rows: Sequence[Mapping[str, Any]], said: Mapping[str, Any]
) -> None:
    if pdf.get_y() > pdf.h - HEADING_ROOM:
        pdf.add_page()
    _text(pdf, said["sections"][name], size=12, bold=True)
    if name in said:
        _text(pdf, said[name], size=9)
    if not rows:
        _text(pdf, said["none"], size=9)
        return
    widths = layout()[name]
    aligns = ["RIGHT" if field.endswith(NUMBERS) else "LEFT" for field in widths]
    headings = [(width, said["headings"][field]) for field, width in widths.items()]
    cells = [[_cell(row[field], said["is_so"]) for field in widths] for row in rows]
    _table(pdf, headings, cells, aligns)


def _letter(pdf: FPDF, heading: str, message: bytes) -> None:
    """The text of a letter as it was sent; its HTML says the same."""
    letter = message_from_bytes(message, policy=policy.SMTP)
    assert isinstance(letter, EmailMessage)
    body = letter.get_body(("plain",))
    text = "" if body is None else str(body.get_content())
    _text(pdf, heading, size=12, bold=True)
    lines = [clean(f"{header}: {letter[header]}", CELL_LENGTH_MAX) for header in HEADERS]
    lines += ["", *(clean(line, LINE_LENGTH_MAX) for line in text.splitlines())]
    _text(pdf, "\n".join(lines), size=8)


def _table(
    pdf: FPDF, headings: Sequence[tuple[int, str]], rows: Sequence[Sequence[str]],
    aligns: Sequence[str],
) -> None:
    from fpdf.fonts import FontFace

    pdf.set_font(FONT, size=7)
    has_heading = any(heading for _, heading in headings)
    with pdf.table(
        col_widths=tuple(width for width, _ in headings), text_align=tuple(aligns),
        markdown=False, borders_layout="HORIZONTAL_LINES",
        first_row_as_headings=has_heading, headings_style=FontFace(emphasis="BOLD"),
        line_height=3.6, padding=(0.7, 1.2),
    ) as table:
        if has_heading:
            table.row([heading for _, heading in headings])
        for row in rows:
            table.row(row)
    pdf.ln(4)


def _cell(value: Any, is_so: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return is_so if value else ""
    return clean(str(value), CELL_LENGTH_MAX)
