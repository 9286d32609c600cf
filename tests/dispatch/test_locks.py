"""Two locks on two doors: what is not of tonight is neither drafted nor sent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy
from drafts import DRAFTED_AT, EVENING, MORNING, make_draft, minutes
from hostile_smtp import HostileServer, serving
from receivables.dispatch import drafting
from receivables.dispatch.dispatcher import dispatch
from receivables.dispatch.outbox import Outbox
from receivables.errors import WrongUse
from test_dispatcher import relay_to, run

LEASE = timedelta(minutes=15)

FORGED = [
    # what a bug would draft | because
    ({"run_kind": "backfill"}, "a backfill decides, and never drafts"),
    ({"run_kind": "restatement"}, "nor does a restatement"),
    ({"as_of_date": date(2025, 3, 3)}, "a cleared run of a year ago"),
    ({"as_of_date": date(2026, 2, 27)}, "a run of last week"),
    ({"as_of_date": date(2026, 3, 9)}, "a day that is not over"),
    ({"drafted_at": DRAFTED_AT - timedelta(days=365)}, "a drafting day that is no day after it"),
    ({"release_reason": ""}, "a run that nobody released"),
]


@pytest.mark.parametrize(("change", "because"), FORGED, ids=[row[-1] for row in FORGED])
def test_the_database_refuses_what_the_code_would_have_let_through(
    outbox: Outbox, change: dict[str, object], because: str
) -> None:
    draft = make_draft(1)
    for name, value in change.items():
        object.__setattr__(draft, name, value)
    with pytest.raises(WrongUse, match="live night"):
        outbox.draft([draft])
    with outbox._engine.begin() as connection, pytest.raises(sqlalchemy.exc.IntegrityError):
        row = {**drafting._row(make_draft(2)), **change}
        connection.execute(sqlalchemy.insert(drafting.outbox).values(**row))
    assert outbox.counts() == {}, because


TOO_LATE = EVENING + minutes(1)


def waits_for_somebody(outbox: Outbox) -> None:
    draft = make_draft(1, approval_role="head_of_credit")
    outbox.draft([draft])
    outbox.approve([draft.notice_id], by="ana", now=TOO_LATE)


def was_held_by_one_that_died(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    assert outbox.claim(now=EVENING - minutes(20), lease=LEASE, token="dead") is not None


def was_put_off(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    claim = outbox.claim(now=EVENING - minutes(5), lease=LEASE, token="t")
    assert claim is not None
    outbox.refuse(claim.notice_id, token="t", now=EVENING, reply="450", not_before=EVENING)


@pytest.mark.parametrize("waited", [waits_for_somebody, was_held_by_one_that_died, was_put_off])
def test_a_letter_whose_time_is_over_never_goes(outbox: Outbox, waited: object) -> None:
    waited(outbox)  # type: ignore[operator]
    with serving(HostileServer()) as server:
        assert run(outbox, relay_to(server), TOO_LATE).expired == 1
    assert server.connections == 0 and outbox.counts() == {"expired": 1}


def test_a_letter_whose_time_ends_while_others_are_sent_does_not_go(outbox: Outbox) -> None:
    """It is looked at for each letter, not once a run."""
    outbox.draft([make_draft(n) for n in range(2)])
    with serving(HostileServer()) as server:
        report = dispatch(
            outbox, relay=relay_to(server), now=lambda: TOO_LATE if server.mails else MORNING,
            progress=lambda _: None, kill_switch=lambda: False,
        )
    assert (report.sent, report.left, len(server.mails)) == (1, 1, 1)


@pytest.mark.parametrize("is_swept", [False, True], ids=["armed", "unknown"])
def test_a_late_250_counts_if_it_is_for_whoever_sent(outbox: Outbox, is_swept: bool) -> None:
    outbox.draft([make_draft(1)])
    claim = outbox.claim(now=MORNING, lease=LEASE, token="t1")
    assert claim is not None and outbox.arm(claim.notice_id, token="t1", now=MORNING)
    assert outbox.sweep(now=MORNING + minutes(16), older_than=minutes(15 if is_swept else 60)) == is_swept
    said = {"now": MORNING + minutes(17), "reply": "250"}
    assert not outbox.mark_sent(claim.notice_id, token="t2", **said), "another one's 250"
    assert outbox.mark_sent(claim.notice_id, token="t1", **said)
    assert outbox.counts() == {"sent": 1}
