"""So many letters a minute, and so many to one domain; the others go before."""

from __future__ import annotations

from datetime import datetime

import pytest
from clock import Clock
from drafts import MORNING, make_draft, minutes
from hostile_smtp import HostileServer, Mail, serving
from receivables.dispatch.dispatcher import DispatchReport, dispatch
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.pace import Pace
from test_dispatcher import relay_to


def run(outbox: Outbox, server: HostileServer, clock: Clock, **pace: int) -> DispatchReport:
    return dispatch(
        outbox, relay=relay_to(server), now=clock.now, pause=clock.pause, pace=Pace(**pace),
        progress=lambda _: None, kill_switch=lambda: False,
    )


PACES = [
    # a minute | and domain | letters to a, b | last to a, last to b (seconds) | because
    (20, 20, 3, 0, 6, None, "one every three seconds"),
    (60, 6, 3, 0, 20, None, "a domain may have less than all together"),
    (60, 6, 3, 3, 20, 21, "two domains share the minute, and neither waits for the other"),
    (6, 60, 4, 0, 30, None, "what all may have is the limit"),
]


@pytest.mark.parametrize(
    ("all_together", "domain", "to_a", "to_b", "last_a", "last_b", "because"), PACES,
    ids=[row[-1] for row in PACES],
)
def test_letters_keep_the_pace(
    outbox: Outbox, all_together: int, domain: int, to_a: int, to_b: int, last_a: int,
    last_b: int | None, because: str,
) -> None:
    outbox.draft([
        make_draft(n, recipient=f"c{n}@{'a' if n < to_a else 'b'}.example")
        for n in range(to_a + to_b)
    ])
    clock, last = Clock(MORNING), dict[str, datetime]()

    def note(mail: Mail) -> None:
        last[mail.recipient[-9]] = clock.now()

    with serving(HostileServer(on_dot=note)) as server:
        report = run(
            outbox, server, clock, letters_per_minute=all_together,
            letters_per_minute_and_domain=domain,
        )
    assert (report.sent, report.left) == (to_a + to_b, 0), "the run waits for the turns it gave"
    seconds = {to: (at - MORNING).total_seconds() for to, at in last.items()}
    assert seconds == {"a": last_a, **({} if last_b is None else {"b": last_b})}, because
    with outbox._engine.begin() as connection:
        attempts = connection.exec_driver_sql("select sum(attempt_count) from outbox").scalar()
    assert attempts == 0, "waiting for a turn is no attempt"


def test_a_letter_is_put_back_once_and_not_again_and_again(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(20)])
    clock = Clock(MORNING)
    with serving(HostileServer()) as server:
        report = run(
            outbox, server, clock, letters_per_minute=60, letters_per_minute_and_domain=10
        )
    assert (report.sent, report.put_off) == (20, 19)
    assert clock.now() - MORNING < minutes(2)


def test_a_relay_that_closes_the_line_gets_half_as_many(outbox: Outbox) -> None:
    outbox.draft([make_draft(n, recipient=f"c@b{n}.example") for n in range(4)])
    clock, times = Clock(MORNING), list[float]()
    server = HostileServer(
        faults={"rcpt": "421 4.3.2 closing"}, strikes=1,
        on_dot=lambda _: times.append((clock.now() - MORNING).total_seconds()),
    )
    with serving(server):
        report = run(
            outbox, server, clock, letters_per_minute=20, letters_per_minute_and_domain=20
        )
    assert (report.sent, report.put_off, report.stopped_because) == (3, 1, None)
    assert times == [3, 9, 15], "three seconds apart before, six after; the pause is within them"


def test_a_turn_that_somebody_else_took_holds_nobody_up(outbox: Outbox) -> None:
    """Two dispatchers share the budget roughly: each keeps its own pace."""
    pace = Pace(letters_per_minute=60, letters_per_minute_and_domain=1)
    assert pace.turn_of("n1", "c1@a.example", MORNING) is None
    assert pace.turn_of("n2", "c2@a.example", MORNING) == MORNING + minutes(1)
    assert pace.next_turn(MORNING) == MORNING + minutes(1)
    assert pace.next_turn(MORNING + minutes(1)) is None, "whoever did not come is forgotten"
