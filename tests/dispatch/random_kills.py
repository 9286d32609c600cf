"""Senders killed at random moments and points, alone and three at once, before a relay that has
every fault.

RECEIVABLES_TEST_KILLS is how many senders each of these tests kills, RECEIVABLES_TEST_SEED its dice.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from drafts import MORNING
from hostile_smtp import HostileServer, MixedServer, serving
from killing import dice, kills
from receivables.dispatch.outbox import Outbox
from senders import POINTS, ROUND, Order, Senders
from trial import Verdict, fresh_letters, rerun_to_rest, verdict

LETTERS = 6
FINAL_SECONDS = 0.5
# A little longer than a sender lives that nobody kills.
LIFE_SECONDS = 0.15
TINY_LEASE_SECONDS = 0.01
CROWD = 3

Disturbance = Callable[[Senders, Order, random.Random], tuple[int, int, datetime]]


def one_after_the_other(
    senders: Senders, order: Order, chance: random.Random
) -> tuple[int, int, datetime]:
    """Kill up to four senders, each when the one before is over; how many died, none frozen."""
    killed, now = 0, order.now
    for _ in range(chance.choice((1, 2, 3, 3, 4))):
        dying = replace(order, now=now)
        if chance.random() < 0.5:
            dying = replace(dying, point=chance.choice(list(POINTS)), visit=chance.randint(1, 3))
        pid = senders.start(dying)
        if dying.point is None:
            time.sleep(chance.uniform(0, LIFE_SECONDS))
            os.kill(pid, signal.SIGKILL)
        killed += senders.wait(pid)
        now += ROUND
    return killed, 0, now


def three_at_once(
    senders: Senders, order: Order, chance: random.Random
) -> tuple[int, int, datetime]:
    """Some die, some freeze and wake up, some hold for a moment only, some are ahead of time."""
    killed, frozen, now = 0, 0, order.now
    for _ in range(2):
        crowd, events = [], []
        for _ in range(CROWD):
            ahead = chance.choice((timedelta(0), timedelta(0), timedelta(minutes=20)))
            lease = chance.choice((None, TINY_LEASE_SECONDS, TINY_LEASE_SECONDS))
            pid = senders.start(replace(order, now=now + ahead, lease_seconds=lease))
            crowd.append(pid)
            events += fate(pid, chance)
        started = time.monotonic()
        for moment, signal_number, pid in sorted(events):
            time.sleep(max(0.0, started + moment - time.monotonic()))
            frozen += signal_number == signal.SIGSTOP and not senders.is_over(pid)
            os.kill(pid, signal_number)
        killed += sum([senders.wait(pid) for pid in crowd])
        now += ROUND
    return killed, frozen, now


def fate(pid: int, chance: random.Random) -> list[tuple[float, int, int]]:
    """When a sender gets which signals: who freezes wakes up again, unless it is killed first."""
    events = []
    if chance.random() < 0.4:
        events.append((chance.uniform(0, 2 * LIFE_SECONDS), signal.SIGKILL, pid))
    if chance.random() < 0.4:
        moment = chance.uniform(0, LIFE_SECONDS)
        events.append((moment, signal.SIGSTOP, pid))
        events.append((moment + chance.uniform(0, LIFE_SECONDS), signal.SIGCONT, pid))
    return events


def trial(
    senders: Senders, outbox: Outbox, chance: random.Random, disturbed: Disturbance,
    server: HostileServer, **wishes: object,
) -> Verdict:
    """Some letters, senders that die or freeze over them, and others until all is at rest."""
    drafts = fresh_letters(outbox, LETTERS)
    wishes = {"final_seconds": FINAL_SECONDS} | wishes
    with serving(server):
        order = Order(url=outbox._url, port=server.port, now=MORNING, **wishes)
        killed, frozen, now = disturbed(senders, order, chance)
        rerun_to_rest(senders, outbox, server, now, **wishes)
    return verdict(outbox, drafts, server, killed=killed, frozen=frozen)


@pytest.mark.parametrize(
    ("disturbed", "usually"), [(one_after_the_other, 120), (three_at_once, 40)]
)
def test_senders_killed_at_random_do_no_harm(
    senders: Senders, outbox: Outbox, disturbed: Disturbance, usually: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted, chance, total = kills(usually), dice(20260303), Verdict()
    while total.killed < wanted:
        server = MixedServer(
            refused={f"c{chance.randrange(LETTERS)}@buyer.example": "550 5.1.1 nobody"},
            chance=random.Random(chance.random()),
        )
        judged = trial(senders, outbox, chance, disturbed, server)
        assert judged.bad == 0, f"{total}, and then {judged}"
        total += judged
    with capsys.disabled():
        print(f"\n{disturbed.__name__}: {total}")
