"""Breakers: a night that is too strange is published with a flag, and writes to nobody."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from company import DAY, ENTITY, Company, after
from receivables import cli, night, publish
from receivables.errors import WrongUse
from receivables.publish.report import PublishReport
from receivables.select.policy_file import load_policy
from seller import NEXT_DAY, RELEASE, SETTINGS, content, query, seller


def next_night(company: Company, days: int = 1) -> PublishReport:
    return company.quick_night(
        DAY + timedelta(days=days), settings=SETTINGS, release=RELEASE
    )


def lose_receipts(company: Company, count: int = 3) -> None:
    lost = {company.rows["receipt"].pop(0)["receipt_id"] for _ in range(count)}
    allocations = company.rows["allocation"]
    allocations[:] = [row for row in allocations if row["source_id"] not in lost]


def delete_two_receipts(company: Company) -> None:
    lose_receipts(company, 2)


def make_receipts_smaller(company: Company, count: int = 3) -> None:
    for row in company.rows["receipt"][-count:]:
        row["amount"] = "4.99"


def make_two_receipts_smaller(company: Company) -> None:
    make_receipts_smaller(company, 2)


def delete_one_receipt_and_make_two_smaller(company: Company) -> None:
    make_two_receipts_smaller(company)
    lose_receipts(company, 1)


def book_receipts_again_under_another_id(company: Company) -> None:
    for row in company.rows["receipt"][:3]:
        was, row["receipt_id"] = row["receipt_id"], f"{row['receipt_id']}-again"
        for allocation in company.rows["allocation"]:
            if allocation["source_id"] == was:
                allocation["source_id"] = row["receipt_id"]


def book_receipts_on_a_later_day(company: Company) -> None:
    for row in company.rows["receipt"][:3]:
        row["receipt_date"] = str(NEXT_DAY)


def book_receipts_in_another_currency(company: Company) -> None:
    for row in company.rows["receipt"][:3]:
        row["currency"] = "USD"


def lose_every_receipt(company: Company) -> None:
    company.rows["receipt"].clear()
    company.rows["allocation"].clear()


def lose_receipts_but_write_something_off(company: Company) -> None:
    lose_every_receipt(company)
    company.add("allocation", invoice_id="I1", source_type="write_off", source_id="W1",
                allocation_date="2026-03-20", amount="1.00")


def lose_allocations(company: Company) -> None:
    """Eight invoices that were settled are open again, though the money is still there."""
    allocations = company.rows["allocation"]
    allocations[:] = [row for row in allocations if row["invoice_id"] == "I2"]


def lose_a_decimal_point(company: Company) -> None:
    for table, column in (("invoice", "gross_amount"), ("receipt", "amount"),
                          ("allocation", "amount")):
        for row in company.rows[table]:
            row[column] = str(Decimal(row[column]) * 100)


def invoice_everything_twice(company: Company) -> None:
    for row in list(company.rows["invoice"]):
        company.rows["invoice"].append({**row, "invoice_id": f"{row['invoice_id']}-again"})


def date_everything_a_year_early(company: Company) -> None:
    for row in company.rows["invoice"]:
        row["due_date"] = f"2025{row['due_date'][4:]}"


def nothing(company: Company) -> None:
    pass


def receive(company: Company) -> None:
    company.payment("I1", "100.00", NEXT_DAY)


def take_one_allocation_back(company: Company) -> None:
    company.rows["allocation"][-1]["reversed_on"] = str(NEXT_DAY)


def invoice_a_little(company: Company) -> None:
    invoice_more(company, 5)


def invoice_more(company: Company, count: int = 100) -> None:
    for number in range(count):
        company.invoice(f"M{number}", "10.00", "2026-04-20", "C4")


EMPTY = ["paid_stays_paid", "receipts_are_there", "receipts_never_fall", "row_counts_hold"]


@pytest.mark.parametrize("happens, tripped, because", [
    (lose_receipts, ["receipts_never_fall"], "money received cannot become less"),
    (make_receipts_smaller, ["receipts_never_fall"], "nor receipts smaller"),
    (delete_one_receipt_and_make_two_smaller, ["receipts_never_fall"], "three are three"),
    (book_receipts_on_a_later_day, ["receipts_never_fall"], "by that day they had come"),
    (book_receipts_in_another_currency, ["receipts_never_fall"], "euros are gone"),
    (delete_two_receipts, [], "people delete a receipt that they booked by mistake"),
    (make_two_receipts_smaller, [], "or correct its amount"),
    (book_receipts_again_under_another_id, [], "what was booked anew is not gone"),
    (lose_every_receipt, EMPTY, "an empty payments table"),
    (lose_receipts_but_write_something_off, EMPTY, "what was written off is no receipt"),
    (lose_allocations, ["paid_stays_paid", "row_counts_hold"], "settled invoices came back"),
    (lose_a_decimal_point, ["open_total_is_steady"], "cents for euros"),
    (invoice_everything_twice, ["duplicates_within_limit"], "every document has a copy"),
    (date_everything_a_year_early, ["due_dates_stay"], "a year was mistyped"),
    (nothing, [], "a night like the one before"),
    (receive, [], "somebody paid"),
    (take_one_allocation_back, [], "a single payment bounced"),
    (invoice_a_little, [], "a little was invoiced"),
    (invoice_more, ["open_total_is_steady"], "more than tripled in a day: somebody looks"),
])
def test_a_breaker_trips_on_its_incident_and_on_nothing_else(
    company: Company, happens: Callable[[Company], None], tripped: list[str], because: str
) -> None:
    happens(company)
    report = next_night(company)
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    stopped = [row[0] for row in query(
        url, "select distinct check_id from receivables.check_result where outcome = 'stop' "
        "order by all"
    )]
    assert stopped == tripped, because
    assert report.status == ("flagged" if tripped else "published"), because
    assert [report.status] == [row[0] for row in query(
        url, f"select status from receivables.night where as_of_date = '{NEXT_DAY}'"
    )]
    aged = query(url, "select distinct as_of_date from receivables.aging_snapshot order by all")
    assert aged == [(DAY,), (NEXT_DAY,)], "what is owed is published, flagged or not"
    if tripped:
        assert report.drafted == 0
        assert report.not_drafted_because == "breaker tripped: " + ", ".join(tripped)
    else:
        assert report.not_drafted_because == ""


def test_the_first_night_of_all_needs_receipts_too(tmp_path: Path) -> None:
    company = seller(tmp_path)
    lose_every_receipt(company)
    report = company.quick_night(settings=SETTINGS, release=RELEASE)
    assert (report.status, report.drafted) == ("flagged", 0)
    assert report.notices > 0


@pytest.mark.parametrize("notices_max, status", [(5, "flagged"), (6, "published")])
def test_more_notices_than_the_policy_allows_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notices_max: int, status: str
) -> None:
    standard = load_policy("standard", DAY)
    policies = {"standard": replace(standard, notices_per_night_max=notices_max)}
    monkeypatch.setattr(publish, "kept_policies", lambda night, entity: policies)
    report = seller(tmp_path).quick_night(settings=SETTINGS, release=RELEASE)
    assert (report.notices, report.status) == (6, status)
    assert report.drafted == (0 if status == "flagged" else 6)


def test_a_receipt_that_was_rightly_deleted_flags_no_night_ever_after(company: Company) -> None:
    delete_two_receipts(company)
    assert [next_night(company, days).status for days in (1, 2)] == ["published", "published"]


@pytest.mark.parametrize("count, status, because", [
    (4, "published", "four of ten, where four tenths are allowed"),
    (5, "flagged", "and five are too many"),
])
def test_of_many_receipts_a_share_may_fall(
    company: Company, count: int, status: str, because: str
) -> None:
    lose_receipts(company, count)
    entity = {**SETTINGS["entity"], "breakers": {"fallen_share_max": 0.4}}
    report = company.quick_night(NEXT_DAY, settings={"entity": entity}, release=RELEASE)
    assert report.status == status, because


def test_a_flagged_night_is_no_measure_for_the_next(company: Company) -> None:
    """Else what went missing would be missed for one night only, and the paid be dunned after."""
    lose_receipts(company)
    assert next_night(company, 1).status == "flagged"
    report = next_night(company, 2)
    assert (report.status, report.drafted) == ("flagged", 0)


def test_a_person_who_looked_may_accept_a_flagged_night(company: Company) -> None:
    lose_receipts(company)
    company.invoice("I20", "40.00", "2026-03-01", "C4")
    assert next_night(company).status == "flagged"
    before = content(f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}")
    assert _accept(company, "--because", "Ann: the bank took it back") == 0

    report = next_night(company)
    assert (report.status, report.drafted, report.not_drafted_because) == ("published", 1, "")
    after_it = content(f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}")
    assert after_it["decision"] == before["decision"]
    said = [row for row in after_it["check_result"]
            if (row[0], row[3]) == (NEXT_DAY, "receipts_never_fall")]
    assert [(row[5], row[9].endswith("accepted: Ann: the bank took it back")) for row in said] == [
        ("warn", True)
    ]
    assert next_night(company).is_unchanged
    assert next_night(company, 2).status == "published", "an accepted night is a measure again"


def test_what_a_person_accepted_covers_no_other_breaker(company: Company) -> None:
    lose_receipts(company)
    next_night(company)
    assert _accept(company, "--because", "Ann: the bank took it back") == 0
    official = company.official(NEXT_DAY)
    official.file("open_item").unlink()
    lose_allocations(company)
    official.folder.joinpath("manifest.json").unlink()
    company.ledger(NEXT_DAY)
    report = next_night(company)
    assert report.not_drafted_because == "breaker tripped: paid_stays_paid, row_counts_hold"


def test_there_is_nothing_to_accept_in_a_sound_night(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    next_night(company)
    assert _accept(company, "--because", "Ann: no reason") == 2
    assert "no breaker tripped" in capsys.readouterr().err
    run = company.run(NEXT_DAY, now=after(NEXT_DAY))
    with pytest.raises(WrongUse):
        night.accept(run, ENTITY, because="Ann: no reason")


def test_a_first_night_of_the_schedule_writes_to_nobody(tmp_path: Path) -> None:
    report = seller(tmp_path).quick_night(settings=SETTINGS, release="schedule")
    assert (report.status, report.drafted) == ("flagged", 0)
    assert report.not_drafted_because.startswith("too few sound nights to judge by: contacted_")


def test_a_person_who_releases_a_night_answers_for_missing_history_in_plain_sight(
    tmp_path: Path,
) -> None:
    company = seller(tmp_path)
    report = company.quick_night(settings=SETTINGS, release=RELEASE)
    assert (report.status, report.drafted) == ("published", 6)
    said = content(f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}")["check_result"]
    [row] = [row for row in said if row[3] == "notices_as_usual"]
    assert row[5] == "warn"
    assert row[9] == (
        f"No history yet to judge by. 6 notices; trips above 25; accepted: {RELEASE}"
    )
    assert company.quick_night(settings=SETTINGS, release="schedule").is_unchanged


def test_a_release_answers_for_nothing_that_a_breaker_found(company: Company) -> None:
    lose_receipts(company)
    report = company.quick_night(NEXT_DAY, settings=SETTINGS, release=RELEASE)
    assert (report.status, report.drafted) == ("flagged", 0)


def test_nights_without_enough_history_are_history_for_the_next(tmp_path: Path) -> None:
    """Else nothing would ever be usual; and a backfill is how to get some before the first letter."""
    company = seller(tmp_path)
    for ago in range(5, 0, -1):
        report = company.quick_night(DAY - timedelta(days=ago), settings=SETTINGS, now=after(DAY))
        assert (report.status, report.drafted) == ("flagged", 0), "a backfill drafts nothing"
    report = company.quick_night(settings=SETTINGS, release="schedule")
    assert (report.status, report.drafted, report.not_drafted_because) == ("published", 6, "")


def test_who_accepted_a_night_stands_with_each_notice(tmp_path: Path) -> None:
    company = seller(tmp_path)
    company.quick_night(settings=SETTINGS, release="schedule")
    night.accept(company.run(settings=SETTINGS), ENTITY, because=RELEASE)
    assert company.quick_night(settings=SETTINGS, release="schedule").drafted == 6
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as outbox:
        reasons = outbox.execute("select distinct release_reason from outbox").fetchall()
    assert reasons == [(f"schedule; accepted: {RELEASE}",)]


@pytest.mark.parametrize("missing", ["--as-of", "--entity", "--because"])
def test_accepting_names_the_night_and_the_reason(company: Company, missing: str) -> None:
    given = {"--as-of": str(NEXT_DAY), "--entity": ENTITY, "--because": "x"}
    del given[missing]
    with pytest.raises(SystemExit, match="2"):
        cli.main(["accept", *(word for pair in given.items() for word in pair)])


def _accept(company: Company, *words: str) -> int:
    company.settings(**SETTINGS)
    return cli.main([
        "accept", "--as-of", str(NEXT_DAY), "--entity", ENTITY, *words,
        "--settings", str(company.home / "settings.yaml"),
    ])
