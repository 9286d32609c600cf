"""Addresses that no letter goes to: since when, until when, and who says otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from drafts import DRAFTED_AT, MORNING, make_draft
from hostile_smtp import HostileServer, serving
from receivables.dispatch.outbox import Outbox
from receivables.errors import DataError
from test_dispatcher import relay_to, run

ADDRESS = "c1@buyer.example"


def day(number: int | None) -> datetime | None:
    return None if number is None else MORNING + timedelta(days=number)


def suppress(
    outbox: Outbox, since: int, until: int | None, *, reason: str = "bad_address",
    address: str = ADDRESS,
) -> None:
    outbox.suppress(
        address, reason=reason, since=day(since), until=day(until), evidence="550 5.1.1"
    )


SUPPRESSED = [
    # days of suppressions | asked on day | holds until (-1: nothing holds) | because
    ([(0, None)], 0, None, "from its first instant"),
    ([(0, None)], -1, -1, "not before it was known"),
    ([(0, 30)], 29, 30, "for a while"),
    ([(0, 30)], 30, -1, "the while is over"),
    ([(0, 30), (5, 20)], 6, 30, "the longer one wins"),
    ([(0, 20), (5, 30)], 25, 30, "the longer one wins, whichever comes later"),
    ([(0, 20), (5, 30)], 4, 20, "what was known then stays as it was"),
    ([(0, 20), (5, None)], 99, None, "for good is the longest"),
    ([(0, None), (5, 20)], 99, None, "for good is the longest, whichever comes first"),
    ([(0, None), (0, None)], 1, None, "told twice, it holds once"),
]


@pytest.mark.parametrize(
    ("periods", "asked", "until", "because"), SUPPRESSED, ids=[row[-1] for row in SUPPRESSED]
)
def test_how_long_an_address_is_suppressed(
    outbox: Outbox, periods: list[tuple[int, int | None]], asked: int, until: int | None,
    because: str,
) -> None:
    for since, end in periods:
        suppress(outbox, since, end)
    found = outbox.suppressions(MORNING + timedelta(days=asked))
    assert [each.until for each in found] == ([] if until == -1 else [day(until)]), because


def test_each_reason_stands_for_itself(outbox: Outbox) -> None:
    suppress(outbox, 0, None)
    suppress(outbox, 0, 9, reason="bad_mailbox")
    assert [each.reason for each in outbox.suppressions(MORNING)] == ["bad_address", "bad_mailbox"]
    assert outbox.lift_suppression(ADDRESS, because="Ann called", now=MORNING) == 2
    assert outbox.suppressions(MORNING) == []


def test_addresses_are_compared_in_their_one_form(outbox: Outbox) -> None:
    suppress(outbox, 0, None, address="kaya@MÜLLER.example")
    suppress(outbox, 0, None, address="kaya@xn--mller-kva.example")
    [found] = outbox.suppressions(MORNING)
    assert found.address == "kaya@xn--mller-kva.example"
    assert "@" not in found.because and "@" not in repr(found), "no address where logs may be"
    with pytest.raises(DataError):
        suppress(outbox, 0, None, address="no address")


def test_what_a_person_lifted_is_not_held_against_it_again(outbox: Outbox) -> None:
    suppress(outbox, 0, None)
    assert outbox.lift_suppression(ADDRESS, because="Ann called: it works", now=day(5)) == 1
    suppress(outbox, 3, None)
    assert outbox.suppressions(day(6)) == [], "a bounce that comes late is older than the call"
    assert len(outbox.suppressions(day(4))) == 1, "what was known then stays as it was"
    suppress(outbox, 6, None)
    assert len(outbox.suppressions(day(6))) == 1, "a bounce after the call is news"
    assert outbox.lift_suppression("other@buyer.example", because="", now=day(6)) == 0


def test_a_letter_to_a_suppressed_address_is_not_even_drafted(outbox: Outbox) -> None:
    outbox.suppress(ADDRESS, reason="bad_address", since=DRAFTED_AT, until=None, evidence="5.1.1")
    result = outbox.draft([make_draft(1), make_draft(2)])
    [refused] = result.refused
    assert refused.reason == "the address is suppressed: bad_address (5.1.1)"
    assert len(result.inserted) == 1 and outbox.counts() == {"released": 1}


def test_a_letter_whose_address_was_suppressed_meanwhile_is_withdrawn(outbox: Outbox) -> None:
    outbox.draft([make_draft(1), make_draft(2)])
    suppress(outbox, 0, None)
    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server))
    assert (report.sent, report.withdrawn) == (1, 1)
    assert server.copies == {"c2@buyer.example": 1}
    with outbox._engine.begin() as connection:
        [reason] = connection.exec_driver_sql(
            "select reply from delivery_event where state_to = 'withdrawn'"
        ).scalars()
    assert reason == "the address is suppressed: bad_address (550 5.1.1)"
    again = make_draft(1, generation=1, recipient="other@buyer.example")
    assert outbox.draft([again]).inserted, "another night may write to another contact at once"
