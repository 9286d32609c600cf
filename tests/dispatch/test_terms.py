"""What a notice before the due date says of lateness: from the rule's figures, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy
from company import Company
from letters import line, make_letter
from receivables.dispatch import templates
from receivables.dispatch.letter import LateTerms, Letter, render
from receivables.dispatch.templates import LANGUAGES
from seller import RELEASE
from test_letter import Page, squeezed

DUE = date(2026, 3, 10)
TERMS = LateTerms(
    from_date=date(2026, 3, 11), annual_rate_percent=Decimal("10.27"), is_floating=False,
    is_compounded=False, fixed_fee_amount=Decimal("40.00"), fine_percent=Decimal(0),
    legal_basis="§ 288 BGB",
)


def notice(*terms: LateTerms | None, language: str = "en", **changes: object) -> Letter:
    """A notice about one invoice for each of these terms, a day apart."""
    lines = tuple(
        line(f"RE-{n}", DUE + timedelta(days=n), "EUR", "100.00", terms=each)
        for n, each in enumerate(terms)
    )
    totals = {"EUR": Decimal("100.00") * len(lines)}
    return make_letter(
        "pre_due_notice", language, lines=lines, credits={}, totals=totals, **changes)


SAID = [
    # terms | what is said | because
    ([TERMS], "What is not paid when due bears late-payment interest of 10.27% a year from Mar 11, "
     "2026. Each invoice paid late also bears a fixed sum of EUR 40.00. Legal basis: § 288 BGB.",
     "rate, day, fee and law"),
    ([replace(TERMS, is_floating=True)],
     "from Mar 11, 2026 (rate as at Mar 3, 2026; it follows a reference rate).", "it may change"),
    ([replace(TERMS, is_compounded=True)], "from Mar 11, 2026, with compound interest.", "said"),
    ([replace(TERMS, annual_rate_percent=None)],
     "interest at the rate set by the legal basis named here from Mar 11, 2026. Each",
     "a rate that nobody has confirmed is not printed"),
    ([replace(TERMS, fine_percent=Decimal(2))], "A contractual penalty of 2% of the overdue amount",
     "the fine of the contract"),
    ([TERMS, replace(TERMS, from_date=date(2026, 3, 12))],
     "from Mar 11, 2026 at the earliest.", "two days, one rule: one paragraph"),
    ([TERMS, replace(TERMS, fixed_fee_amount=Decimal("70.00"))],
     "a fixed sum of EUR 40.00 or EUR 70.00.", "the sum depends on the amount"),
    ([TERMS, replace(TERMS, legal_basis="Clause 7")],
     "RE-1: What is not paid when due", "two laws: each names its invoices"),
]


@pytest.mark.parametrize(("terms", "said", "because"), SAID, ids=[row[-1] for row in SAID])
def test_what_lateness_costs_is_said_before_it_does(
    terms: list[LateTerms], said: str, because: str
) -> None:
    rendered = render(notice(*terms))
    assert said in squeezed(rendered.text), because
    assert said in squeezed(Page(rendered.html).text), because


NOTHING = [
    (notice(None), "the rule charges nothing"),
    (notice(TERMS, interest_mode="off"), "the step leaves interest off"),
    (notice(replace(TERMS, annual_rate_percent=Decimal(0), fixed_fee_amount=Decimal("40.00"))),
     "no interest, only a fee"),
]


@pytest.mark.parametrize(("letter", "because"), NOTHING, ids=[row[-1] for row in NOTHING])
def test_of_what_is_not_charged_there_is_no_word(letter: Letter, because: str) -> None:
    text = render(letter).text
    assert "interest" not in text, because
    assert ("40.00" in text) == (because == "no interest, only a fee")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_it_and_how_to_dispute_or_ask_for_a_plan(language: str) -> None:
    full = replace(TERMS, is_floating=True, is_compounded=True, fine_percent=Decimal("2.5"))
    later = replace(full, from_date=date(2026, 3, 12), fixed_fee_amount=Decimal("70.00"))
    rendered = render(notice(full, later, language=language))
    shown = squeezed(rendered.text)
    for figure in ("10.27", "2.5", "40.00", "70.00"):
        assert figure in shown.replace(",", "."), figure
    assert "§ 288 BGB" in shown and "{" not in shown
    assert squeezed(templates.wording("pre_due_notice", language).closing[-1]) in shown
    assert len(templates.wording("pre_due_notice", language).closing) == 2
    assert shown.count("RE-0") == 1, "in the table: one paragraph: no list of numbers"


def test_a_night_tells_who_is_not_late_yet_what_lateness_costs(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.customer(language="de")
    company.invoice("I1", "100.00", "2026-04-07")
    company.invoice("I2", "10.00", "2026-03-10")
    company.payment("I2", "10.00", "2026-03-10")
    report = company.quick_night(release=RELEASE, settings={"entity": {"interest_rule": "de_b2b"}})
    assert report.drafted == 1, report.sentence
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'home' / 'outbox.sqlite'}")
    with engine.connect() as connection:
        [message] = connection.exec_driver_sql("select message from outbox").scalars()
    engine.dispose()
    plain, _ = message_from_bytes(message, policy=policy.SMTP).iter_parts()
    assert "ab dem 08.04.2026 mit 10,27 % im Jahr zu verzinsen" in squeezed(plain.get_content())
