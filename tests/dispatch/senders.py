"""Dispatchers to be killed, each a process of its own that starts in milliseconds.

A process that has imported the product forks one for every order that it is given. It does nothing
else, and has one thread: a fork of a process with many may hang.
"""

from __future__ import annotations

import gc
import hashlib
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg  # noqa: F401  # imported here once, not in every sender
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite  # noqa: F401
from planted import BUGS
from receivables.dispatch import dispatcher
from receivables.dispatch.journal import Journal
from receivables.dispatch.notice import ARMED, CLAIMED, RELEASED
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.relay import Relay, Timeouts
from receivables.dispatch.transport import Line

TESTS, PLUGINS = Path(__file__).parent, Path(__file__).parents[2] / "plugins"
SECONDS_MAX = 3600
# Longer than a lease, than the longest wait for an answer, and than any wait for another try.
ROUND = timedelta(minutes=125)
ROUNDS_MAX = 80

# The points are wrapped around the product's own steps from outside: it knows nothing of them.
POINTS = {
    # point: (class, method, before or after it)
    "before the claim": (Outbox, "claim", "before"),
    "after the claim": (Outbox, "claim", "after"),
    "after MAIL and RCPT": (Line, "_write_body", "before"),
    "after the body": (Line, "_write_body", "after"),
    "before ARM": (Outbox, "arm", "before"),
    "after ARM": (Outbox, "arm", "after"),
    "before the journal": (Journal, "append", "before"),
    "after the journal": (Journal, "append", "after"),
    "after the dot": (Line, "_write_dot", "after"),
    "after the 250": (Line, "_read_answer", "after"),
    "before sent": (Outbox, "mark_sent", "before"),
    "after sent": (Outbox, "mark_sent", "after"),
}


def journal_of(url: str) -> Path:
    """The file in which the senders of an outbox note what they arm."""
    name = hashlib.sha256(url.encode()).hexdigest()
    return Path(tempfile.gettempdir()) / f"{name}.journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a sender is to do, and at which visit to which point to kill itself, or to freeze.

    Its clock shows `now` when it starts. With `to_rest` it runs again and again, two hours later
    each time, until nothing is left to do. `final_seconds` is how long it waits for the answer to
    the dot, `lease_seconds` how long a claim of its holds (None: as the product has it).
    """

    url: str
    port: int
    now: datetime
    point: str | None = None
    visit: int = 1
    freezes: bool = False
    bug: str | None = None
    to_rest: bool = False
    final_seconds: float = 20
    lease_seconds: float | None = None


class Senders:
    """Starts senders; they are named by their process ids."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._orders: IO[str] = process.stdin
        self._answers: IO[str] = process.stdout

    def start(self, order: Order) -> int:
        return self._ask(asdict(order) | {"now": order.now.isoformat()})

    def wait(self, pid: int) -> bool:
        """Whether it was killed; else it came to its end."""
        code = self._ask({"wait": pid})
        assert code in (0, -signal.SIGKILL), f"a sender ended with {code}"
        return code != 0

    def wait_until_frozen(self, pid: int) -> None:
        assert self._ask({"wait_until_frozen": pid}) == os.CLD_STOPPED, "it never froze"

    def is_over(self, pid: int) -> bool:
        return bool(self._ask({"is_over": pid}))

    def run(self, order: Order) -> bool:
        return self.wait(self.start(order))

    def _ask(self, question: dict[str, Any]) -> int:
        self._orders.write(json.dumps(question) + "\n")
        self._orders.flush()
        return int(self._answers.readline())


@contextmanager
def forking() -> Iterator[Senders]:
    """A process that forks senders."""
    environment = {**os.environ, "PYTHONPATH": f"{PLUGINS}{os.pathsep}{TESTS}"}
    words = [sys.executable, str(TESTS / "senders.py")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, env=environment, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield Senders(process)


def stop_itself_at(point: str, visit: int, stop: signal.Signals) -> None:
    owner, method, when = POINTS[point]
    original, visits = getattr(owner, method), itertools.count(1)

    def stopping(self: Any, *args: Any, **held: Any) -> Any:
        if when == "before" and next(visits) == visit:
            os.kill(os.getpid(), stop)
        result = original(self, *args, **held)
        if when == "after" and next(visits) == visit:
            os.kill(os.getpid(), stop)
        return result

    setattr(owner, method, stopping)


def send(order: Order) -> None:
    """Be the sender."""
    if order.bug is not None:
        owner, name, wrong = BUGS[order.bug]
        setattr(owner, name, wrong)
    if order.point is not None:
        stop = signal.SIGSTOP if order.freezes else signal.SIGKILL
        stop_itself_at(order.point, order.visit, stop)
    if order.lease_seconds is not None:
        dispatcher.LEASE = timedelta(seconds=order.lease_seconds)
    relay = Relay(
        host="127.0.0.1", port=order.port, security="none", local_hostname="localhost",
        timeouts=Timeouts(connect=20, command=20, final=order.final_seconds),
    )
    started, outbox = time.monotonic(), Outbox(order.url)
    for number in range(ROUNDS_MAX if order.to_rest else 1):
        now = order.now + number * ROUND
        dispatcher.dispatch(
            outbox, relay=relay,
            now=lambda now=now: now + timedelta(seconds=time.monotonic() - started),
            progress=lambda _: None, kill_switch=lambda: False, pause=lambda _: None,
            journal=Journal(journal_of(order.url)),
        )
        if not {RELEASED, CLAIMED, ARMED} & outbox.counts().keys():
            break


def _answer(question: dict[str, Any]) -> int:
    if "wait" in question:
        return os.waitstatus_to_exitcode(os.waitpid(question["wait"], 0)[1])
    if "wait_until_frozen" in question:
        over_or_frozen = os.WEXITED | os.WSTOPPED | os.WNOWAIT
        return os.waitid(os.P_PID, question["wait_until_frozen"], over_or_frozen).si_code
    if "is_over" in question:
        over = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return int(os.waitid(os.P_PID, question["is_over"], over) is not None)
    if pid := os.fork():
        return pid
    signal.alarm(SECONDS_MAX)
    try:
        send(Order(**question | {"now": datetime.fromisoformat(question["now"])}))
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    gc.freeze()  # else the first collection in every sender copies all that was imported
    for line in sys.stdin:
        print(_answer(json.loads(line)), flush=True)
