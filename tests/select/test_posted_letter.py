"""Letters by post: a PDF each for who prints them, saying what the work list says."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes
from email import policy as email_policy
from pathlib import Path

import pypdfium2
import pytest
from company import DAY, ENTITY, Company, after
from policies import policy, step
from receivables import night as stages
from receivables.lake import Night
from receivables.publish.work_list import work_list_file
from receivables.select.policy_file import POLICIES
from test_select import past_due

POSTED = {"channel": "letter", "lapses_after_days": 9}
POLICIES_OF = {  # a first step each
    "posts": step("posted", days_past_due=20, template="demand", interest="claim", pay_within_days=10, **POSTED),
    "visits": step("visit", days_past_due=20, template="a_visit", **POSTED),
    "threats": step("last", days_past_due=20, template="final_demand", **POSTED),
    "mails": step("first", days_past_due=3, attach=["letter"]),
}
SETTINGS = {"entity": {
    "policy": "posts",
    "policy_exceptions": [
        {"customer_id": customer_id, "policy": name, "because": "a test"}
        for customer_id, name in (("VISIT", "visits"), ("LAST", "threats"), ("MAIL", "mails"))
    ],
    "letterhead": ["1 Seller Street"],
    "bank_details": ["IBAN DE02 1203 0000 0000 2020 51"],
    "payment": {"iban": "DE02 1203 0000 0000 2020 51"},
    "interest_rule": {"rule_id": "nine", "annual_percent": "9", "legal_basis": "contract"},
}}
# customer, days past due, postal address, name
CUSTOMERS = [
    ("DUE", 21, "Lange Straße 7\n70173 Stuttgart", "Jörg Weiß KG"),
    ("NOWHERE", 21, None, "Nobody & Co"),
    ("FAR", 21, "1-2-3 Ginza", "株式会社"),
    ("VISIT", 21, "1 Main Road", "Visit Ltd"),
    ("LAST", 21, "2 Main Road", "Last Ltd"),
    ("MAIL", 4, "3 Main Road", "Mail Ltd"),
]


def owing(home: Path) -> Company:
    company = Company(home)
    for customer_id, days, address, name in CUSTOMERS:
        company.customer(customer_id, name=name, language="de")
        company.rows["contact"][-1]["postal_address"] = address
        company.invoice(f"I-{customer_id}", "1000.00", past_due(days), customer_id,
                        issue_date="2025-06-01", posting_date="2025-06-01")
    return company


@dataclass(frozen=True)
class Posted:
    """A night with letters to post."""

    company: Company
    night: Night

    @property
    def page(self) -> str:
        return work_list_file(self.night).read_text(encoding="utf-8")

    def said(self, customer_id: str) -> str:
        """The words of a customer's letter."""
        row = next(row for row in self.page.split("<tr>") if f"{customer_id}<br>" in row)
        link = re.search(r'href="(letters/\d{5}\.pdf)"', row)
        assert link is not None, row
        with pypdfium2.PdfDocument(self.night.folder / "publish" / link[1]) as document:
            return " ".join(
                " ".join(page.get_textpage().get_text_range() for page in document).split()
            )


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posted]:
    home = tmp_path_factory.mktemp("posted")
    shutil.copytree(POLICIES, home / "policies")
    for name, only in POLICIES_OF.items():
        policy(home / "policies", name, steps=[only])
    company = owing(home)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("select.policy_file", "settings_policy"):
            patch.setattr(f"receivables.{module}.POLICIES", home / "policies")
        asked = {"settings": SETTINGS, "now": after(DAY)}
        assert company.quick_night(**asked).drafted == 0
        stages.accept(company.run(**asked), ENTITY, because="a first night, looked at")
        assert stages.publish(company.run(**asked, release="schedule"), ENTITY).drafted == 1
        yield Posted(company, company.official())


def letter_files(night: Night) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (night.folder / "publish" / "letters").iterdir()}


def test_a_letter_to_post_demands_what_the_list_says_and_what_the_step_claims(posted: Posted) -> None:
    said = posted.said("DUE")
    assert "Jörg Weiß KG" in said and "70173 Stuttgart" in said and "1 Seller Street" in said
    assert "Zu zahlen 1.005,18 EUR" in said.replace("\u00a0", " "), "1000 and 21 days of 9 %"


# customer | said on the list | because
LISTED = [
    ("NOWHERE", "no address is known", "it cannot be posted"),
    ("FAR", "no font of include/fonts has the letter U+682A", "it cannot be printed"),
    ("VISIT", "there is no letter for step a_visit", "nobody wrote one"),
    ("LAST", "needs pay_within_days", "its letter sets a deadline"),
]


@pytest.mark.parametrize(("customer_id", "said", "because"), LISTED)
def test_why_there_is_no_letter_to_post(
    posted: Posted, customer_id: str, said: str, because: str
) -> None:
    row = next(row for row in posted.page.split("<tr>") if f"{customer_id}<br>" in row)
    assert said in row and "href" not in row, because


def test_only_what_can_be_posted_lies_in_the_folder(posted: Posted) -> None:
    assert len(letter_files(posted.night)) == 1
    assert all(re.fullmatch(r"\d{5}\.pdf", name) for name in letter_files(posted.night))


def test_the_same_night_gives_the_same_letters(posted: Posted) -> None:
    before = letter_files(posted.night)
    shutil.rmtree(posted.night.folder / "publish" / "letters")
    stages.publish(posted.company.run(settings=SETTINGS, now=after(DAY)), ENTITY)
    assert letter_files(posted.night) == before


def test_a_letter_by_mail_takes_its_paper_along(posted: Posted) -> None:
    with closing(sqlite3.connect(posted.company.home / "home" / "outbox.sqlite")) as connection:
        [(frozen,)] = connection.execute("select message from outbox").fetchall()
    [paper] = message_from_bytes(frozen, policy=email_policy.SMTP).iter_attachments()
    assert (paper.get_filename(), paper.get_content_type()) == ("schreiben.pdf", "application/pdf")
    with pypdfium2.PdfDocument(paper.get_content()) as document:
        said = document[0].get_textpage().get_text_range()
    assert "Mail Ltd" in said and "3 Main Road" in said and "1.000,00" in said
