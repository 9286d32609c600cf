"""Runs a dispatcher and kills it, with SIGKILL, at a named point of its second letter.

    python crash_child.py <outbox url> <relay port> <point> <now> <journal>

The points are wrapped around the product's own steps from outside: it knows nothing of them.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from receivables.dispatch.dispatcher import dispatch
from receivables.dispatch.journal import Journal
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.relay import Relay, Timeouts
from receivables.dispatch.transport import Line

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
LETTER = 2


def wrap(owner: type, method: str, when: str) -> None:
    original = getattr(owner, method)
    visits = 0

    def killing(self: Any, *args: Any, **held: Any) -> Any:
        nonlocal visits
        visits += 1
        if visits == LETTER and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(self, *args, **held)
        if visits == LETTER and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, killing)


def main(url: str, port: str, point: str, now: str, journal: str) -> None:
    if point in POINTS:
        wrap(*POINTS[point])
    instant = datetime.fromisoformat(now)
    relay = Relay(
        host="127.0.0.1", port=int(port), security="none", local_hostname="localhost",
        timeouts=Timeouts(connect=5, command=5, final=5),
    )
    dispatch(
        Outbox(url), relay=relay, now=lambda: instant, progress=lambda _: None,
        kill_switch=lambda: False, pause=lambda _: None, journal=Journal(Path(journal)),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
