"""Two dispatchers at once share the work, and no letter is sent by both.

RECEIVABLES_TEST_LETTERS is how many letters there are.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter

import pytest
from drafts import MORNING, make_draft
from hostile_smtp import HostileServer, serving
from receivables.dispatch.outbox import Outbox
from senders import Order, Senders


@pytest.mark.slow
def test_two_dispatchers_at_once_send_each_letter_once(
    senders: Senders, outbox: Outbox, capsys: pytest.CaptureFixture[str]
) -> None:
    letters = int(os.environ.get("RECEIVABLES_TEST_LETTERS", 400))
    drafts = [make_draft(n) for n in range(letters)]
    outbox.draft(drafts)
    by_line: Counter[int] = Counter()
    server = HostileServer(on_dot=lambda _: by_line.update([threading.get_ident()]))
    with serving(server):
        order, started = Order(url=outbox._url, port=server.port, now=MORNING), time.monotonic()
        both = [senders.start(order) for _ in range(2)]
        assert not any([senders.wait(pid) for pid in both])
        seconds = time.monotonic() - started
    assert outbox.counts() == {"sent": letters}
    assert Counter(mail.content for mail in server.mails) == Counter(d.message for d in drafts)
    assert len(by_line) == 2, "both worked"
    with capsys.disabled():
        print(f"\n{letters} letters in {seconds:.1f} s")
