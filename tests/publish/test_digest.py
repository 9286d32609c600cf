"""The digest for sales: what the night knows of each salesperson's customers, and of no other's."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from company import Company
from receivables.publish import digest
from receivables.publish.digest import digest_folder

GOLDEN = Path(__file__).with_name("digest_of_ann.txt")
HOSTILE = "<script>alert(1)</script>/../../x"


class Text(HTMLParser):
    """What a reader of a page sees, a line a row."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""

    def handle_data(self, data: str) -> None:
        self.shown += data.strip() and data

    def handle_endtag(self, tag: str) -> None:
        self.shown += {"td": " | ", "th": " | ", "tr": "\n", "caption": "\n", "h1": "\n",
                       "p": "\n", "table": "\n", "title": "\n", "style": "\n"}.get(tag, "")


def shown(page: str) -> str:
    """The text of a page's body."""
    parser = Text()
    parser.feed(page.partition("<body>")[2])
    return re.sub(r" \| \n", "\n", parser.shown)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a night: Ann has four customers, a hostile name one, and nobody one."""
    company = Company(tmp_path_factory.mktemp("digest"))
    ann = {"salesperson_name": "Ann Lee", "salesperson_email": "Ann@example.com"}
    for customer_id, name, profit, limit in (
        ("GOOD", "Steady & Sons", "900", "500"), ("SLOW", "Slow GmbH", "100", "50"),
        ("WORD", "Promises SA", "100", None),
    ):
        company.customer(customer_id, name=name, annual_profit_amount=profit,
                         credit_limit_amount=limit, **ann)
    company.customer("QUIET", annual_profit_amount="1", salesperson_name="A. Lee",
                     salesperson_email="ann@example.com")
    company.customer("OTHER", salesperson_name=HOSTILE, name=HOSTILE, annual_profit_amount="1")
    company.customer("LOST", salesperson_name=" ", annual_profit_amount="1")
    for number, due in enumerate(("2025-06-15", "2025-09-15", "2025-12-15")):
        company.invoice(f"G{number}", "100", due, "GOOD", issue_date="2025-05-01")
        company.payment(f"G{number}", "100", due)
    for customer_id in ("GOOD", "SLOW", "OTHER", "LOST"):
        company.invoice(f"I-{customer_id}", "120.50", "2026-03-20", customer_id)
    company.invoice("W1", "80", "2026-03-01", "WORD")
    company.invoice("W2", "70", "2026-03-02", "WORD")
    company.add("promise", customer_id="WORD", invoice_id="W1", amount="80",
                promised_on="2026-03-10", due_on="2026-03-20")
    company.payment("W1", "30", "2026-03-21")
    company.add("promise", customer_id="WORD", amount="70", promised_on="2026-03-30",
                due_on="2026-04-05")
    company.quick_night()
    return digest_folder(company.official())


def test_a_digest_says_what_the_night_knows(folder: Path) -> None:
    page = (folder / "0002.html").read_text(encoding="utf-8")
    assert shown(page) == GOLDEN.read_text(encoding="utf-8")


def test_every_salesperson_has_a_page_that_the_index_names(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "0001.html", "0002.html", "index.html", "nobody.html",
    ], "two spellings of one address are one person, and no name is a file name"
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="([^"]*)"', index) == ["0001.html", "0002.html", "nobody.html"]
    assert "LOST" in (folder / "nobody.html").read_text(encoding="utf-8")


def test_a_page_names_no_other_salespersons_customer_and_runs_nothing(folder: Path) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert [name for name, page in pages.items() if "I-OTHER" in page or "OTHER" in page] == [
        "0001.html"
    ]
    for page in pages.values():
        assert "<script" not in page
        assert "default-src 'none'" in page



def test_a_page_lists_so_many_rows_and_says_how_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "LISTED_ROWS", 2)
    company = Company(tmp_path)
    for customer_id in ("C1", "C2", "C3"):
        company.customer(customer_id)
        company.invoice(f"I-{customer_id}", "10", f"2026-03-0{customer_id[1]}", customer_id)
    company.quick_night()
    page = shown((digest_folder(company.official()) / "nobody.html").read_text(encoding="utf-8"))
    assert "Overdue (the first 2 of 3)" in page
    assert "C2 |" in page and "C3 |" not in page.partition("Overdue (")[2], "the oldest are listed"
