"""A dispatcher that is killed at any point, and started again, never sends a letter twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from crash_child import POINTS
from drafts import MORNING, make_draft, minutes
from hostile_smtp import DROP, HostileServer, serving
from receivables.dispatch.journal import Journal
from receivables.dispatch.outbox import Outbox

HERE = Path(__file__).parent
LETTERS = 4
ROUNDS_MAX = 200
NOT_GONE = ("after ARM", "before the journal", "after the journal")

# What becomes of the letter that the dispatcher was about when it died.
FATES = {
    "before the claim": ("sent", "nobody had touched it"),
    "after the claim": ("sent", "the lease runs out, and it is claimed again"),
    "after MAIL and RCPT": ("sent", "a transaction without its dot is forgotten"),
    "after the body": ("sent", "a letter without its dot is no letter"),
    "before ARM": ("sent", "a letter without its dot is no letter"),
    "after ARM": ("unknown", "it did not go, but nobody can prove it"),
    "before the journal": ("unknown", "it did not go, but nobody can prove it"),
    "after the journal": ("unknown", "it did not go, but nobody can prove it"),
    "after the dot": ("unknown", "it went, and nobody was there to hear the answer"),
    "after the 250": ("unknown", "it went, and nobody wrote it down"),
    "before sent": ("unknown", "it went, and nobody wrote it down"),
    "after sent": ("sent", "it went, and it is written down"),
}


def child(
    url: str, port: int, point: str, now: str, journal: Path
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "crash_child.py"), url, str(port), point, now, str(journal)],
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1] / "plugins")},
    )


def test_every_crash_point_is_in_the_table() -> None:
    assert list(FATES) == list(POINTS)


@pytest.mark.parametrize("point", FATES)
def test_a_dispatcher_killed_at_any_point_sends_nothing_twice(
    outbox_url: str, point: str, tmp_path: Path
) -> None:
    journal = tmp_path / "dispatch.journal"
    outbox = Outbox(outbox_url)
    outbox.draft([make_draft(n) for n in range(LETTERS)])
    fate, because = FATES[point]
    with serving(HostileServer()) as server:
        first = child(outbox_url, server.port, point, MORNING.isoformat(), journal)
        assert first.wait(60) == -signal.SIGKILL
        later = (MORNING + minutes(30)).isoformat()
        again = child(outbox_url, server.port, "nowhere", later, journal)
        assert again.wait(60) == 0, "a crash is not taken for a restored outbox"
    counts = {"sent": LETTERS} if fate == "sent" else {"sent": LETTERS - 1, "unknown": 1}
    assert outbox.counts() == counts, because
    assert max(server.copies.values()) == 1, "no customer has two"
    went = LETTERS - 1 if point in NOT_GONE else LETTERS
    assert len(server.copies) == went, "and none of those that are called sent is missing"
    outbox.close()


def wait_until_it_calls(running: subprocess.Popen[bytes], server: HostileServer) -> None:
    """A busy machine takes seconds to start a process; one killed before it calls tries nothing."""
    before, deadline = server.connections, time.monotonic() + 60
    while running.poll() is None and server.connections == before:
        assert time.monotonic() < deadline, "the dispatcher neither calls nor ends"
        time.sleep(0.02)


@pytest.mark.slow
def test_kills_at_random_moments_with_lost_replies_send_nothing_twice(
    outbox_url: str, tmp_path: Path
) -> None:
    letters, kills = 60, 0
    outbox = Outbox(outbox_url)
    tomorrow = MORNING + timedelta(days=1)
    outbox.draft([make_draft(n, not_after=tomorrow) for n in range(letters)])
    chance = random.Random(20260303)
    server = HostileServer(on_dot=lambda _: time.sleep(chance.uniform(0, 0.05)))
    now = MORNING
    with serving(server):
        for _ in range(ROUNDS_MAX):
            if not outbox.is_due(now) and not outbox.counts().keys() - {"sent", "unknown"}:
                break
            server.faults = {chance.choice(["dot", "body", "mail"]): DROP}
            server.strikes = chance.choice([0, 0, 1])
            running = child(
                outbox_url, server.port, "nowhere", now.isoformat(), tmp_path / "dispatch.journal"
            )
            wait_until_it_calls(running, server)
            time.sleep(chance.uniform(0, 0.8))
            kills += running.poll() is None
            running.kill()
            running.wait()
            now += minutes(21)
        else:
            pytest.fail(f"{ROUNDS_MAX} rounds did not bring it to an end: {outbox.counts()}")
    counts = outbox.counts()
    assert kills >= 3, "else nothing was tried"
    assert counts["sent"] + counts.get("unknown", 0) == letters
    assert max(server.copies.values()) == 1
    assert len(server.copies) >= counts["sent"], "none of those that are called sent is missing"
    assert Journal(tmp_path / "dispatch.journal").lost(outbox) == []
    outbox.close()
