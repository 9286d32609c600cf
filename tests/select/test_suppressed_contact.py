"""A suppressed address gets no notice: the next contact does, or a person finds one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, NOW, Company, read
from receivables.balance import balance
from receivables.dispatch.suppression import Suppression
from receivables.lake import Night
from receivables.select import select
from receivables.select.outbox_past import OutboxPast
from test_select import one_item


def suppressed(*addresses: str) -> list[Suppression]:
    return [Suppression(a, "bad_address", NOW, None, "550 5.1.1 at rcpt") for a in addresses]


def decided(company: Company, suppressions: Sequence[Suppression] | Path) -> Night:
    settings, night = company.settings(), company.ledger(DAY)
    scratch = company.home / "scratch"
    balance(
        night, entity=settings.entities[ENTITY], source=settings.sources["erp"],
        reporting_currency="EUR", known_since_days=3, residual_claim_days=0, scratch=scratch,
        progress=lambda line: None,
    )
    select(
        night, entity=settings.entities[ENTITY], past=OutboxPast(suppressions=suppressions), scratch=scratch,
        progress=lambda line: None,
    )
    return night


CONTACTS = [
    # more contacts (role, e-mail) | suppressed | goes to | because
    ([], [], "P1", "nobody is suppressed"),
    ([("accounts_payable", "b@buyer.example")], ["payable1@buyer.example"], "P2",
     "the next of the same role"),
    ([("legal", "b@buyer.example"), ("owner", "c@buyer.example")],
     ["payable1@buyer.example", "b@buyer.example"], "P3", "the next of any role"),
    ([("legal", "payable1@buyer.example"), ("owner", "c@buyer.example")],
     ["payable1@buyer.example"], "P3", "two contacts share an address, and it is one address"),
    ([], ["payable1@buyer.example"], None, "nobody is left: a person finds one"),
    ([("legal", None)], ["payable1@buyer.example"], None, "nobody with an address is left"),
    ([], ["payable2@buyer.example", "payable1@other.example"], "P1", "others' addresses"),
]


@pytest.mark.parametrize(
    ("more", "addresses", "goes_to", "because"), CONTACTS, ids=[row[-1] for row in CONTACTS]
)
def test_whom_a_notice_goes_to(
    tmp_path: Path, more: list[tuple[str, str | None]], addresses: list[str], goes_to: str | None,
    because: str,
) -> None:
    company = one_item(tmp_path)
    for role, email in more:
        company.add("contact", customer_id="C1", role=role, email=email)
    night = decided(company, suppressed(*addresses))
    if goes_to is not None:
        assert read(night, "notice", "contact_id") == [(goes_to,)], because
        assert read(night, "work_list", "kind") == [], because
        return
    assert read(night, "notice") == [], because
    assert read(night, "decision", "outcome, reason_code") == [("review", "NO_CONTACT")], because
    assert read(night, "work_list", "kind, reason_codes") == [("contact", "NO_CONTACT")], because


def test_the_erps_way_of_writing_an_address_does_not_matter(tmp_path: Path) -> None:
    company = one_item(tmp_path)
    company.rows["contact"][0]["email"] = "kaya@MÜLLER.example"
    company.add("contact", customer_id="C1", email="no address")
    night = decided(company, suppressed("kaya@xn--mller-kva.example"))
    assert read(night, "suppressed_contact", "contact_id, reason") == [("P1", "bad_address")]


def test_the_night_keeps_whom_it_passed_over_and_decides_so_again(tmp_path: Path) -> None:
    company = one_item(tmp_path)
    company.add("contact", customer_id="C1", email="b@buyer.example")
    first = decided(company, suppressed("payable1@buyer.example"))
    tables: dict[str, Any] = dict(first.manifest()["tables"])
    kept = tmp_path / "kept.parquet"
    kept.write_bytes(first.file("suppressed_contact").read_bytes())
    assert b"buyer.example" not in kept.read_bytes(), "no address beyond those of the ledger"
    again = decided(company, kept)
    assert again.manifest()["tables"] == tables
    assert read(again, "notice", "contact_id") == [("P2",)]
    without = decided(company, tmp_path / "a night of an older version kept none.parquet")
    assert read(without, "notice", "contact_id") == [("P1",)]
