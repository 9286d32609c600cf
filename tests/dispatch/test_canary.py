"""Of many letters a few go first; the others wait for what becomes of these."""

from __future__ import annotations

from datetime import timedelta

import pytest
from drafts import DRAFTED_AT, MORNING, make_draft, minutes
from hostile_smtp import HostileServer, serving
from receivables.dispatch.canary import CanaryRule, canary_letters
from receivables.dispatch.notice import Draft
from receivables.dispatch.outbox import Outbox
from test_dispatcher import relay_to, run

RULE = CanaryRule(above=10, wait=minutes(10))


def drafted(outbox: Outbox, letters: int) -> list[Draft]:
    drafts = [make_draft(n, not_after=MORNING + timedelta(days=9)) for n in range(letters)]
    outbox.draft(drafts)
    return drafts


def order_of(drafts: list[Draft]) -> list[str]:
    """Letters drafted at once leave in the order of their ids."""
    return [draft.recipient for draft in sorted(drafts, key=lambda draft: draft.notice_id)]


LETTERS = [
    # letters due | above | sent at first | because
    (10, 10, 10, "as many as go without"),
    (11, 10, 5, "one more: five go first"),
    (11, 100, 11, "below the default"),
]


@pytest.mark.parametrize(
    ("letters", "above", "first", "because"), LETTERS, ids=[row[-1] for row in LETTERS]
)
def test_how_many_go_first(
    outbox: Outbox, letters: int, above: int, first: int, because: str
) -> None:
    drafted(outbox, letters)
    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server), canary=CanaryRule(above=above, wait=minutes(10)))
    assert (report.sent, report.left) == (first, letters - first), because
    assert report.alarm is None, "to wait is no failure"


def test_of_very_many_one_in_a_hundred_goes_first() -> None:
    assert [canary_letters(due) for due in (101, 500, 501, 20_000)] == [5, 5, 6, 200]


def test_the_others_wait_and_then_follow(outbox: Outbox) -> None:
    drafted(outbox, 20)
    sent = []
    with serving(HostileServer()) as server:
        for minute in (0, 5, 9.9, 10, 20):
            now = MORNING + minutes(minute)
            sent.append(run(outbox, relay_to(server), now, canary=RULE).sent)
            if minute == 10:
                outbox.draft([make_draft(20)])
    assert sent == [5, 0, 0, 15, 1], "and what comes after them, being little, needs no canary"
    assert max(server.copies.values()) == 1


def test_the_next_batch_has_a_canary_of_its_own(outbox: Outbox) -> None:
    drafted(outbox, 20)
    next_night = {"drafted_at": DRAFTED_AT + timedelta(days=1), "as_of_date": MORNING.date()}
    with serving(HostileServer()) as server:
        for minute in (0, 10):
            run(outbox, relay_to(server), MORNING + minutes(minute), canary=RULE)
        tomorrow = MORNING + timedelta(days=1)
        late = {"not_after": tomorrow + timedelta(days=1)}
        outbox.draft([make_draft(n, **next_night, **late) for n in range(100, 120)])
        assert run(outbox, relay_to(server), tomorrow, canary=RULE).sent == 5


VERDICTS = [
    # reply to the third | suppressed in the wait | sent first | sent then | because
    (None, None, 5, 15, "nothing speaks against it"),
    ("550 5.1.1", None, 2, 0, "one of five refused, more than five per cent: at once"),
    ("450 4.2.0", None, 4, 16, "greylisted is not refused"),
    ("451 4.7.1", None, 4, 16, "greylisted, in its usual words"),
    ("550 5.7.1", None, 2, 0, "policy: about us"),
    ("450 4.7.26", None, 2, 0, "authentication: about us, if only for now"),
    (None, 2, 5, 0, "a bounce that came in the wait"),
    (None, 19, 5, 14, "a bounce of what was no canary letter, and does not go now"),
]


@pytest.mark.parametrize(
    ("reply", "bounced", "first", "then", "because"), VERDICTS, ids=[row[-1] for row in VERDICTS]
)
def test_what_becomes_of_the_canary_decides_about_the_others(
    outbox: Outbox, reply: str | None, bounced: int | None, first: int, then: int, because: str
) -> None:
    order = order_of(drafted(outbox, 20))
    with serving(HostileServer(refused={order[2]: reply} if reply else {})) as server:
        for minute in (0, 3):
            run(outbox, relay_to(server), MORNING + minutes(minute), canary=RULE)
        assert len(server.mails) == first, because
        if bounced is not None:
            outbox.suppress(
                order[bounced], reason="bad_address", since=MORNING + minutes(4), until=None,
                evidence="5.1.1",
            )
        server.refused = {}
        report = run(outbox, relay_to(server), MORNING + minutes(14), canary=RULE)
    assert len(server.mails) == first + then, because
    assert (outbox.stopped_because() is not None) == (then == 0), because
    assert (report.alarm is not None) == (then == 0), because


def test_a_person_lets_the_others_follow(outbox: Outbox) -> None:
    refused = {order_of(drafted(outbox, 20))[0]: "550 5.1.1"}
    with serving(HostileServer(refused=refused)) as server:
        run(outbox, relay_to(server), canary=RULE)
        stopped = run(outbox, relay_to(server), MORNING + minutes(30), canary=RULE)
        assert "1 of 5 canary letters were refused or bounced" in str(stopped.stopped_because)
        assert outbox.resume("Ann: that customer is gone, the others are fine", now=MORNING)
        report = run(outbox, relay_to(server), MORNING + minutes(31), canary=RULE)
    assert report.stopped_because is None
    assert outbox.counts() == {"failed": 1, "sent": 19}, "without a second canary"


def test_letters_that_wait_for_their_hour_are_no_canary(outbox: Outbox) -> None:
    hours = {"send_window": "08:30-17:00 Europe/Berlin", "not_after": MORNING + timedelta(days=2)}
    outbox.draft([make_draft(n, **hours) for n in range(20)])
    with serving(HostileServer()) as server:
        assert run(outbox, relay_to(server), DRAFTED_AT, canary=RULE).put_off == 20
        assert run(outbox, relay_to(server), MORNING, canary=RULE).sent == 5
