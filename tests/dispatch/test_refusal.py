"""Every event of a delivery has its class: what becomes of the letter, the address and the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from certificates import authority, server_context
from drafts import MORNING, long_text, make_draft
from hostile_smtp import DROP, SILENCE, HostileServer, serving
from receivables.dispatch.failures import Failures
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.refusal import Cause, cause_of
from receivables.dispatch.relay import Relay, Timeouts
from test_dispatcher import relay_to, run

GONE, NO_TLS, BAD_TLS = {"relay": "gone"}, {"relay": "no tls"}, {"relay": "bad tls"}
RUN, ALL = "run", "all"

EVENTS = [
    # event | letters | what becomes of them | suppressed as | stops | because
    (GONE, 2, {"released": 2}, None, RUN, "nobody there, three times: nothing was sent"),
    ({"banner": "421 4.3.2"}, 2, {"released": 2}, None, RUN, "a banner of 4xx: nothing was sent"),
    ({"banner": SILENCE}, 1, {"released": 1}, None, RUN, "no banner in time: nothing was sent"),
    (NO_TLS, 2, {"released": 2}, None, RUN, "never in the clear"),
    (BAD_TLS, 2, {"released": 2}, None, RUN, "never to a stranger"),
    ({"auth": "535 5.7.8"}, 2, {"released": 2}, None, RUN, "tried again, it locks the account"),
    ({"auth": "454 4.7.0"}, 2, {"released": 2}, None, RUN, "a login that fails for now, thrice"),
    ({"mail": "550 5.1.8"}, 2, {"released": 2}, None, RUN, "our sender, not the customer"),
    ({"mail": "553"}, 2, {"released": 2}, None, RUN, "our sender, in a bare code"),
    ({"mail": "451 4.7.500"}, 2, {"released": 2}, None, RUN, "our reputation, before a recipient"),
    ({"rcpt": "550 5.1.1"}, 1, {"failed": 1}, "bad_address", None, "no such mailbox"),
    ({"rcpt": "550 5.1.2"}, 1, {"failed": 1}, "bad_address", None, "no such domain"),
    ({"rcpt": "553 5.1.3"}, 1, {"failed": 1}, "bad_address", None, "no address at all"),
    ({"rcpt": "551 5.1.6"}, 1, {"failed": 1}, "bad_address", None, "moved, and nobody says where"),
    ({"rcpt": "550 5.1.10"}, 1, {"failed": 1}, "bad_address", None, "a domain that takes no mail"),
    ({"dot": "550 5.1.1"}, 1, {"failed": 1}, "bad_address", None, "found out late, as true"),
    ({"rcpt": "550"}, 1, {"failed": 1}, "bad_address", None, "a bare 550 at RCPT"),
    ({"rcpt": "551"}, 1, {"failed": 1}, "bad_address", None, "a bare 551 at RCPT"),
    ({"rcpt": "553"}, 1, {"failed": 1}, "bad_address", None, "a bare 553 at RCPT"),
    ({"dot": "550"}, 1, {"failed": 1}, None, None, "a bare 550 of the letter, not of its address"),
    ({"rcpt": "554 5.4.6"}, 1, {"failed": 1}, None, None, "a loop is no fault of the address"),
    ({"rcpt": "550 5.2.1"}, 1, {"failed": 1}, None, None, "disabled, once: maybe not for long"),
    ({"rcpt": "552 5.2.2"}, 1, {"failed": 1}, None, None, "full, once: it may be emptied"),
    ({"rcpt": "550 5.7.1"}, 2, {"released": 2}, None, RUN, "policy is about us"),
    ({"rcpt": "550 5.1.8"}, 2, {"released": 2}, None, RUN, "our domain, told at RCPT"),
    ({"rcpt": "450 4.7.26"}, 2, {"released": 2}, None, RUN, "our authentication, for now"),
    ({"rcpt": "450"}, 2, {"released": 2}, None, None, "greylisting: again in five minutes"),
    ({"rcpt": "451 4.7.1"}, 2, {"released": 2}, None, None, "greylisting, in its usual words"),
    ({"rcpt": "452 4.2.2"}, 2, {"released": 2}, None, None, "full just now"),
    ({"cc": "550 5.1.1"}, 1, {"sent": 1}, None, None, "a copy that is refused stops no letter"),
    ({"rcpt": "421 4.3.2"}, 4, {"released": 4}, None, RUN, "closed three times: enough"),
    ({"dot": "421 4.3.2"}, 4, {"released": 4}, None, RUN, "closed three times: enough"),
    ({"dot": "451 4.3.0"}, 2, {"released": 2}, None, None, "an explicit no, for now"),
    ({"dot": "421 4.7.28"}, 2, {"released": 2}, None, RUN, "too much from us: reputation"),
    ({"dot": "552"}, 1, {"failed": 1}, None, None, "too large: the letter, not the address"),
    ({"dot": "552 5.3.4"}, 1, {"failed": 1}, None, None, "too large for the system"),
    ({"dot": "554 5.2.3"}, 1, {"failed": 1}, None, None, "too large for the mailbox"),
    ({"dot": "554 5.6.0"}, 8, {"failed": 4, "released": 4}, None, ALL, "the fault is not one letter's"),
    ({"rcpt": "554 5.5.4"}, 8, {"failed": 6, "released": 2}, None, ALL, "more than five in a row"),
    ({"dot": "554 5.7.1"}, 2, {"released": 2}, None, RUN, "spam, they say: about us"),
    ({"data": DROP}, 1, {"released": 1}, None, RUN, "no dot, no letter; three times is enough"),
    ({"body": DROP}, 1, {"released": 1}, None, None, "no dot, no letter"),
    ({"dot": DROP}, 1, {"unknown": 1}, None, None, "nobody may guess"),
    ({"dot": SILENCE}, 1, {"unknown": 1}, None, None, "no answer in time: nobody may guess"),
    ({}, 2, {"sent": 2}, None, None, "a server that lies cannot be found out"),
]


def relay_of(event: dict[str, str], server: HostileServer, folder: Path) -> Relay:
    relay = relay_to(server)
    if event == GONE:
        return replace(relay, port=1)
    if event == NO_TLS:
        return replace(relay, security="starttls")
    if event == BAD_TLS:
        server.starttls = server_context(folder, None)
        return replace(relay, security="starttls", ca_file=authority().file(folder))
    return replace(relay, user="u", password="p") if "auth" in event else relay


@pytest.mark.parametrize(
    ("event", "letters", "becomes", "suppressed", "stops", "because"), EVENTS,
    ids=[f"{row[0]} {row[-1]}" for row in EVENTS],
)
def test_every_event_of_a_delivery(
    outbox: Outbox, tmp_path: Path, event: dict[str, str], letters: int, becomes: dict[str, int],
    suppressed: str | None, stops: str | None, because: str,
) -> None:
    more = long_text() if "body" in event else {"cc": "s@seller.example"} if "cc" in event else {}
    outbox.draft([make_draft(n, **more) for n in range(1, letters + 1)])
    pauses: list[float] = []
    with serving(HostileServer(faults=dict(event))) as server:
        report = run(outbox, relay_of(event, server, tmp_path), pause=pauses.append)
    assert outbox.counts() == becomes, because
    found = outbox.suppressions(MORNING + timedelta(days=999))
    assert [(each.address, each.reason) for each in found] == (
        [("c1@buyer.example", suppressed)] if suppressed else []
    ), because
    assert (report.stopped_because is not None) == (stops is not None), because
    assert (outbox.stopped_because() is not None) == (stops == ALL), because
    assert all(seconds >= 1 for seconds in pauses), "and it waits before it calls again"


def test_we_wait_for_answers_as_long_as_the_standard_says() -> None:
    assert Timeouts() == Timeouts(connect=30, command=300, final=600), "RFC 5321, 4.5.3.2"


def test_a_mailbox_that_refuses_twice_in_fourteen_days_rests_for_thirty(outbox: Outbox) -> None:
    tried = [
        # days later | reply | suppressed after that | because
        (0, "552 5.2.2", False, "once is no habit"),
        (15, "550 5.2.1", False, "the first is more than fourteen days ago"),
        (16, "552 5.2.2", True, "the second in fourteen days"),
    ]
    for number, (days, reply, is_suppressed, because) in enumerate(tried, start=1):
        now = MORNING + timedelta(days=days)
        outbox.draft([make_draft(
            number, recipient="full@buyer.example", drafted_at=now, not_after=now,
            as_of_date=now.date() - timedelta(days=1),
        )])
        with serving(HostileServer(faults={"rcpt": reply})) as server:
            assert run(outbox, relay_to(server), now).failed == 1
        assert bool(outbox.suppressions(now)) == is_suppressed, because
    [found] = outbox.suppressions(now)
    assert (found.reason, found.until) == ("bad_mailbox", now + timedelta(days=30))
    assert found.evidence == "552 5.2.2 at rcpt", "codes, and not a word of the server"
    assert not outbox.suppressions(now + timedelta(days=30)), "until then, not with it"


def test_a_stop_of_all_runs_is_lifted_by_a_person_alone(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(8)])
    with serving(HostileServer(faults={"dot": "554 5.6.0"})) as server:
        run(outbox, relay_to(server))
    with serving(HostileServer()) as server:
        again = run(outbox, relay_to(server))
        assert "4 letters in a row were refused as a whole" in str(again.stopped_because)
        assert (again.sent, server.connections) == (0, 0), "it looks every time, and calls nobody"
        assert again.alarm == again.stopped_because, "so that whoever started it hears of it"
        assert outbox.resume("Ann: the template is mended", now=MORNING)
        assert run(outbox, relay_to(server)).sent == 4
    assert not outbox.resume("again", now=MORNING), "nothing is stopped"


SERIES = [
    # letters (x: refused, o: taken) | stops after | because
    ("xxxxx", None, "five in a row may be bad luck"),
    ("xxxxxx", 6, "six are not"),
    ("xxxxoxo" + "o" * 40 + "x", 48, "the sixth of the first fifty: more than a tenth"),
    ("xxxxox" + "o" * 44 + "x", None, "the sixth comes after the first fifty"),
    ("o" * 50 + "xxxxxx", 56, "six in a row, whenever"),
]


@pytest.mark.parametrize(("series", "after", "because"), SERIES, ids=[row[-1] for row in SERIES])
def test_when_refusals_are_too_many(series: str, after: int | None, because: str) -> None:
    failures = Failures()
    stops = [
        number for number, letter in enumerate(series, start=1)
        if failures.count(has_failed=letter == "x", is_whole_letter=False)
    ]
    assert (stops[0] if stops else None) == after, because


@pytest.mark.parametrize(("stage", "reply", "cause", "because"), [
    ("rcpt", "550 5.0.0", Cause.ADDRESS, "x.0.0 says no more than the bare code"),
    ("rcpt", "550 5.1.100", Cause.UNEXPLAINED, "5.1.100 is not 5.1.10"),
    ("data", "503 5.5.1", Cause.UNEXPLAINED, "nobody's fault that we know of"),
    ("rcpt", "452 4.5.3", Cause.LATER, "too many recipients, for now"),
    ("dot", "451 4.7.0", Cause.LATER, "greylisting, after the letter was read"),
    ("mail", "421 4.7.0", Cause.OURS, "a line shut for policy is no greylisting"),
])
def test_the_cause_of_a_refusal(stage: str, reply: str, cause: Cause, because: str) -> None:
    assert cause_of(stage, reply) is cause, because
