"""Night after night, with letters sent in between: nobody gets the same step twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company, after, read
from receivables import night
from receivables.dispatch.dispatcher import DispatchReport
from seller import RELEASE
from traces import letters, mails


def run_night(company: Company, day: date, **values: Any):
    return company.quick_night(day, release=RELEASE, **values)


def dispatch(company: Company, day: date, hours: int = 7) -> DispatchReport:
    """The dispatcher's run, at nine in the morning after a night unless the test says otherwise."""
    run = company.run()
    return night.dispatch(
        run.settings, resolve=run.resolve, now=lambda: after(day) + timedelta(hours=hours),
        progress=run.progress,
    )


def reasons(company: Company, day: date) -> dict[str, str]:
    return dict(read(company.official(day), "decision", "invoice_id, reason_code"))


def settled(company: Company) -> None:
    """Somebody else's business, so that the ERP is not without receipts."""
    company.customer("C-OTHER")
    company.invoice("I-OTHER", "1.00", "2026-02-01", "C-OTHER")
    company.payment("I-OTHER", "1.00", "2026-02-01")


def test_the_ladder_is_climbed_one_step_at_a_time_and_no_step_twice(tmp_path: Path) -> None:
    """Five letters about one unpaid invoice, a night and a dispatch each, and then a person."""
    company = Company(tmp_path)
    settled(company)
    company.customer()
    company.invoice("I1", "100.00", DAY)
    sent_on = {}
    for days in (-7, -1, 3, 6, 7, 13, 14, 33, 61, 90):  # 3 is a Friday: on Saturday nothing leaves
        day = DAY + timedelta(days=days)
        drafted = run_night(company, day).drafted
        assert dispatch(company, day).sent == drafted <= 1
        if drafted:
            [sent_on[days]] = read(company.official(day), "notice", "step")
    assert sent_on == {
        -7: ("pre_due_notice",), 6: ("reminder_1",), 13: ("reminder_2",), 33: ("demand",),
        61: ("final_demand",),
    }
    assert reasons(company, DAY + timedelta(days=90)) == {"I1": "HAND_OVER_PROPOSED"}
    assert len(mails(company)) == 5


# customer, reason in the next night (None: nothing is open), because
SINCE = [
    ("PAYS", None, "it is paid"),
    ("SENDS-MONEY", "COVERED_BY_CREDIT", "the money is there, if not yet set off"),
    ("DISPUTES", "DISPUTED", "it is contested"),
    ("PROMISES", "PROMISED", "payment is promised"),
    ("IS-HELD", "ON_HOLD", "a person asked us to wait"),
    ("IS-QUIET", "NOTICED_LATELY", "the reminder went out this morning"),
]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A night with a letter to each customer, what happened the day after, and the next night."""
    company = Company(tmp_path_factory.mktemp("followed"))
    settled(company)
    for customer_id, *_ in SINCE:
        company.customer(customer_id)
        company.invoice(customer_id, "100.00", "2026-03-20", customer_id)
    assert run_night(company, DAY).drafted == len(SINCE)
    assert dispatch(company, DAY).sent == len(SINCE)
    next_day = DAY + timedelta(days=1)
    company.payment("PAYS", "100.00", next_day)
    company.add("receipt", customer_id="SENDS-MONEY", amount="100.00", receipt_date=str(next_day))
    company.add("dispute", invoice_id="DISPUTES", opened_on=str(next_day))
    company.add("promise", customer_id="PROMISES", amount="100.00", promised_on=str(next_day),
                due_on="2026-04-10")
    company.add("hold", customer_id="IS-HELD", held_from=str(next_day), held_until="2026-04-10")
    company.customer("IS-NEW")
    company.invoice("IS-NEW", "100.00", "2026-03-20", "IS-NEW")
    assert run_night(company, next_day).drafted == 1, "only to who was not there the night before"
    assert dispatch(company, next_day).sent == 1
    return company


@pytest.mark.parametrize("customer_id, reason, because", SINCE)
def test_who_paid_disputed_or_promised_between_two_nights_is_not_written_to(
    followed: Company, customer_id: str, reason: str | None, because: str
) -> None:
    assert reasons(followed, DAY + timedelta(days=1)).get(customer_id) == reason, because
    assert reasons(followed, DAY)[customer_id] == "STEP_DUE", "the past night stands as it was"


def test_each_letter_went_out_once(followed: Company) -> None:
    assert len(mails(followed)) == len(SINCE) + 1
    assert len(set(letters(followed, "customer_id, step"))) == len(SINCE) + 1
    assert set(letters(followed, "state")) == {("sent",)}


def test_a_letter_that_nobody_sent_in_time_expires_and_is_decided_about_afresh(
    tmp_path: Path,
) -> None:
    company = Company(tmp_path)
    settled(company)
    company.customer()
    company.invoice("I1", "100.00", "2026-03-20")
    assert run_night(company, DAY).drafted == 1
    later = DAY + timedelta(days=6)
    assert dispatch(company, later, hours=-1).expired == 1
    assert run_night(company, later).drafted == 1
    assert dispatch(company, later).sent == len(mails(company)) == 1


def test_nights_of_the_past_draft_nothing_though_they_find_letters_due(tmp_path: Path) -> None:
    company = Company(tmp_path)
    settled(company)
    company.customer()
    company.invoice("I1", "100.00", "2026-03-20")
    for back in (8, 7, 1):
        report = run_night(company, DAY - timedelta(days=back), now=after(DAY))
        assert (report.notices, report.drafted) == (1, 0)
    assert dispatch(company, DAY).sent == 0


def test_a_backfill_reads_the_erp_once_for_all_of_its_nights(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.customer()
    company.write_erp()
    runs = [
        company.run(DAY - timedelta(days=back), now=after(DAY), reuse_landed=True)
        for back in (3, 2, 1, 0)
    ]
    for run in runs:
        night.extract(run, "erp")
    assert len(runs[0].lake.extracts("erp")) == 1
    assert {night.night_of(run, ENTITY).known_at for run in runs} == {after(DAY)}
