"""The trials find what they are for: with a bug planted in the senders, they turn red."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable

import pytest
from drafts import MORNING, minutes
from hostile_smtp import DROP, HostileServer, MixedServer, serving
from planted import BUGS
from random_kills import Disturbance, one_after_the_other, three_at_once, trial
from receivables.dispatch.outbox import Outbox
from senders import ROUND, Order, Senders
from trial import Verdict, fresh_letters, rerun_to_rest, verdict

TRIALS_MAX = 100


def die_after_the_dot(senders: Senders, outbox: Outbox, bug: str | None) -> Verdict:
    drafts = fresh_letters(outbox, 2)
    with serving(HostileServer()) as server:
        order = Order(
            url=outbox._url, port=server.port, now=MORNING, point="after the dot", bug=bug
        )
        assert senders.run(order)
        rerun_to_rest(senders, outbox, server, MORNING + ROUND, bug=bug)
    return verdict(outbox, drafts, server, killed=1)


def lose_an_answer(senders: Senders, outbox: Outbox, bug: str | None) -> Verdict:
    return _meet(HostileServer(faults={"dot": DROP}, strikes=1), senders, outbox, bug)


def lose_a_letter_at_its_dot(senders: Senders, outbox: Outbox, bug: str | None) -> Verdict:
    return _meet(HostileServer(faults={"end": DROP}, strikes=1), senders, outbox, bug)


def _meet(server: HostileServer, senders: Senders, outbox: Outbox, bug: str | None) -> Verdict:
    drafts = fresh_letters(outbox, 2)
    with serving(server):
        rerun_to_rest(senders, outbox, server, MORNING, bug=bug)
    return verdict(outbox, drafts, server, killed=0)


def freeze_three_before_one_arm(senders: Senders, outbox: Outbox, bug: str | None) -> Verdict:
    """Each claims the same letter, for the lease before is over; then they wake up, one by one."""
    drafts = fresh_letters(outbox, 1)
    with serving(HostileServer()) as server:
        crowd = []
        for late in range(3):
            order = Order(
                url=outbox._url, port=server.port, now=MORNING + minutes(late), bug=bug,
                point="before ARM", freezes=True, lease_seconds=0.01,
            )
            crowd.append(senders.start(order))
            senders.wait_until_frozen(crowd[-1])
        for pid in crowd:
            os.kill(pid, signal.SIGCONT)
            assert not senders.wait(pid)
        rerun_to_rest(senders, outbox, server, MORNING + ROUND, bug=bug)
    return verdict(outbox, drafts, server, killed=0)


CASES = [
    # bug | what happens | what is counted
    ("an armed letter is swept back to released", die_after_the_dot, "duplicates"),
    ("a lost answer is taken for a refusal", lose_an_answer, "duplicates"),
    ("a letter is marked sent before the answer", lose_a_letter_at_its_dot, "silent_losses"),
    ("ARM asks for no token", freeze_three_before_one_arm, "unexplained"),
    ("ARM asks for neither token nor state", freeze_three_before_one_arm, "duplicates"),
]


def test_every_bug_is_in_the_table() -> None:
    assert [row[0] for row in CASES] == list(BUGS)


@pytest.mark.parametrize(("bug", "happens", "counted"), CASES, ids=list(BUGS))
def test_a_planted_bug_is_counted_and_the_product_has_it_not(
    senders: Senders, outbox: Outbox, bug: str,
    happens: Callable[[Senders, Outbox, str | None], Verdict], counted: str,
) -> None:
    assert happens(senders, outbox, None).bad == 0
    assert getattr(happens(senders, outbox, bug), counted) == 1


@pytest.mark.slow
@pytest.mark.parametrize("outbox_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("bug", "disturbed"),
    [
        ("an armed letter is swept back to released", one_after_the_other),
        ("a lost answer is taken for a refusal", one_after_the_other),
        ("a letter is marked sent before the answer", one_after_the_other),
        ("ARM asks for neither token nor state", three_at_once),
    ],
)
def test_random_kills_find_a_planted_bug(
    senders: Senders, outbox: Outbox, bug: str, disturbed: Disturbance
) -> None:
    chance = random.Random(5)
    assert any(
        trial(
            senders, outbox, chance, disturbed, MixedServer(chance=random.Random(n)), bug=bug
        ).bad
        for n in range(TRIALS_MAX)
    )
