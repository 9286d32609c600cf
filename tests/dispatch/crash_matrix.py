"""Every crash point with every fault of the relay.

As often as a point is visited the fault strikes, from the first letter on: so a sender dies over a
letter that the relay maltreats, or just afterwards. Then others carry on until all is at rest.
"""

from __future__ import annotations

import itertools
import os

import pytest
from drafts import MORNING
from hostile_smtp import DROP, SILENCE, SLOW, HostileServer, serving
from receivables.dispatch.outbox import Outbox
from senders import POINTS, ROUND, Order, Senders
from sqlalchemy.engine import make_url
from trial import fresh_letters, rerun_to_rest, verdict

LETTERS = 4
# On SQLite a sender dies over its first letter, on PostgreSQL over its second; if many kills are asked
# for, over both on both.
VISITS = {"sqlite": (1,), "postgresql": (2,)}

FAULTS = {
    "has no fault": {},
    "drops before its banner": {"banner": DROP},
    "drops at MAIL": {"mail": DROP},
    "drops at RCPT": {"rcpt": DROP},
    "drops at DATA": {"data": DROP},
    "drops in the body": {"body": DROP},
    "drops at the dot, and takes nothing": {"end": DROP},
    "drops after the dot, and has taken it": {"dot": DROP},
    "is silent after the dot": {"dot": SILENCE},
    "is slow after the dot": {"dot": SLOW},
    "closes at MAIL": {"mail": "421 4.3.2 closing"},
    "closes after the dot": {"dot": "421 4.3.2 closing"},
    "greylists": {"rcpt": "450 4.2.0 greylisted"},
    "knows no such recipient": {"rcpt": "550 5.1.1 nobody"},
    "refuses the letter for now": {"dot": "451 4.3.0 later"},
    "refuses the letter for good": {"dot": "554 5.6.0 content"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sender_killed_anywhere_does_no_harm_when_the_relay(
    senders: Senders, outbox: Outbox, fault: str
) -> None:
    bad = {}
    final_seconds = 0.3 if SILENCE in FAULTS[fault].values() else 20
    visits = VISITS[make_url(outbox._url).get_backend_name()]
    if "RECEIVABLES_TEST_KILLS" in os.environ:
        visits = (1, 2)
    for point, visit in itertools.product(POINTS, visits):
        drafts = fresh_letters(outbox, LETTERS)
        with serving(HostileServer(faults=dict(FAULTS[fault]), strikes=visit)) as server:
            dying = Order(
                url=outbox._url, port=server.port, now=MORNING, point=point, visit=visit,
                final_seconds=final_seconds,
            )
            assert senders.run(dying), f"it never came {point}"
            rerun_to_rest(
                senders, outbox, server, MORNING + ROUND, final_seconds=final_seconds
            )
        judged = verdict(outbox, drafts, server, killed=1)
        if judged.bad:
            bad[point, visit] = judged
    assert not bad, bad
