"""What the dispatcher makes of a relay that misbehaves: one letter, at most once, no guessing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from drafts import EVENING, MORNING, long_text, make_draft, minutes
from hostile_smtp import DROP, SILENCE, HostileServer, serving
from receivables.dispatch.dispatcher import DispatchReport, dispatch
from receivables.dispatch.notice import Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.relay import Relay, Timeouts
from receivables.dispatch.tally import ATTEMPTS_MAX
from receivables.errors import TransientError

IMPATIENT = Timeouts(connect=1, command=1, final=1)


def relay_to(server: HostileServer) -> Relay:
    return Relay(
        host="127.0.0.1", port=server.port, security="none", local_hostname="localhost",
        timeouts=IMPATIENT,
    )


def run(outbox: Outbox, relay: Relay, now: datetime = MORNING, **wishes: object) -> DispatchReport:
    asked: dict[str, object] = {
        "now": lambda: now,
        "progress": lambda _: None,
        "kill_switch": lambda: False,
        "pause": lambda _: None,
    }
    return dispatch(outbox, relay=relay, **(asked | wishes))  # type: ignore[arg-type]


FAULTS = [
    # fault | strikes | state | mails recorded | because
    ({}, None, "sent", 1, "nothing is wrong"),
    ({"banner": "421 4.3.2 busy"}, None, "released", 0, "nobody is at home"),
    ({"banner": "554 5.3.2 no"}, None, "released", 0, "nobody wants to be at home"),
    ({"banner": DROP}, None, "released", 0, "the door shuts at once"),
    ({"banner": SILENCE}, None, "released", 0, "nobody answers the door"),
    ({"mail": DROP}, None, "released", 0, "lost before the dot is not sent"),
    ({"mail": DROP}, 1, "sent", 1, "a line that had gone stale is opened again"),
    ({"mail": "421 4.3.2 closing"}, 1, "sent", 1, "a relay that closes after some letters"),
    ({"mail": "421 4.3.2 closing"}, None, "released", 0, "three times in a row is enough"),
    ({"mail": "451 4.3.0 later"}, None, "released", 0, "the relay takes nothing from us just now"),
    ({"mail": "550 5.7.60 sender"}, None, "released", 0, "our sender, not the customer's fault"),
    ({"mail": "550"}, None, "released", 0, "our sender, even without an enhanced code"),
    ({"mail": "299 what"}, None, "released", 0, "an answer that means nothing is no answer"),
    ({"rcpt": DROP}, None, "released", 0, "lost before the dot is not sent"),
    ({"rcpt": SILENCE}, None, "released", 0, "no answer before the dot is not sent"),
    ({"rcpt": "421 4.3.2 closing"}, None, "released", 0, "an explicit no, for now"),
    ({"rcpt": "450 4.2.0 greylisted"}, None, "released", 0, "greylisting: again in five minutes"),
    ({"rcpt": "452 4.2.2 full"}, None, "released", 0, "an explicit no, for now"),
    ({"rcpt": "451 4.7.1 greylisted"}, None, "released", 0, "4.7.1 is greylisting too"),
    ({"rcpt": "550 5.1.1 nobody"}, None, "failed", 0, "the address is wrong for good"),
    ({"rcpt": "550"}, None, "failed", 0, "wrong for good, without an enhanced code"),
    ({"rcpt": "550 5.7.1 relaying"}, None, "released", 0, "policy is about us: stop and look"),
    ({"data": DROP}, None, "released", 0, "lost before the dot is not sent"),
    ({"data": "451 4.3.0 later"}, None, "released", 0, "an explicit no, for now"),
    ({"data": "250 2.0.0 taken"}, None, "released", 0, "a yes before its time is not a yes"),
    ({"body": DROP}, None, "released", 0, "a letter without its dot is no letter"),
    ({"dot": DROP}, None, "unknown", 1, "taken, and the answer lost: nobody may guess"),
    ({"dot": SILENCE}, None, "unknown", 1, "taken, and no answer in time: nobody may guess"),
    ({"dot": "what?"}, None, "unknown", 1, "an answer that means nothing is no answer"),
    ({"dot": "354 go on"}, None, "unknown", 1, "an answer that means nothing is no answer"),
    ({"dot": "5" * 9000}, None, "unknown", 1, "an endless answer is no refusal"),
    ({"dot": "421 4.3.2 closing"}, None, "released", 1, "an explicit no, for now"),
    ({"dot": "451 4.3.0 later"}, None, "released", 1, "an explicit no, for now"),
    ({"dot": "554 5.6.0 content"}, None, "failed", 1, "refused for good"),
    ({"dot": "552 5.2.3 too big"}, None, "failed", 1, "refused for good"),
    ({"dot": "550 5.7.26 spam"}, None, "released", 1, "policy is about us: stop and look"),
]


@pytest.mark.parametrize(
    ("faults", "strikes", "state", "mails_recorded", "because"), FAULTS,
    ids=[f"{row[0]} {row[1]} {row[4]}" for row in FAULTS],
)
def test_every_fault_has_one_outcome(
    outbox: Outbox,
    faults: dict[str, str],
    strikes: int | None,
    state: str,
    mails_recorded: int,
    because: str,
) -> None:
    outbox.draft([make_draft(1, **(long_text() if "body" in faults else {}))])
    server = HostileServer(faults=dict(faults), strikes=strikes)
    with serving(server):
        run(outbox, relay_to(server))
    assert outbox.counts() == {state: 1}, because
    assert len(server.mails) == mails_recorded, because


@pytest.mark.parametrize("early", ["\r\n250 2.0.0 taken", "\r\n452 4.3.1 full"])
def test_an_answer_before_the_dot_is_never_taken_for_the_answer_to_it(
    outbox: Outbox, early: str
) -> None:
    outbox.draft([make_draft(1)])
    server = HostileServer(early=early)
    with serving(server):
        run(outbox, relay_to(server))
    assert outbox.counts() == {"released": 1}
    assert server.mails == []


def test_what_arrives_is_what_was_frozen_to_one_recipient(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server))
    (mail,) = server.mails
    assert mail.content == make_draft(1).message, "dots and all"
    assert (mail.sender, mail.recipient) == ("ar@seller.example", "c1@buyer.example")
    assert report == DispatchReport(
        sent=1, unknown=0, failed=0, put_off=0, withdrawn=0, expired=0, swept=0, left=0,
        stopped_because=None,
    )


def test_one_line_serves_many_letters(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(20)])
    with serving(HostileServer()) as server:
        assert run(outbox, relay_to(server)).sent == 20
    assert server.connections == 1


def test_an_unknown_letter_is_never_sent_again(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    with serving(HostileServer(faults={"dot": DROP}, strikes=1)) as server:
        reports = [run(outbox, relay_to(server), MORNING + minutes(n)) for n in (0, 10, 100, 1000)]
    assert [report.unknown for report in reports] == [1, 0, 0, 0]
    assert server.copies == {"c1@buyer.example": 1}
    assert outbox.counts() == {"unknown": 1}


def test_nothing_due_means_no_connection(outbox: Outbox) -> None:
    with serving(HostileServer()) as server:
        run(outbox, relay_to(server))
        outbox.draft([make_draft(1)])
        run(outbox, relay_to(server), EVENING + minutes(1))
    assert server.connections == 0
    assert outbox.counts() == {"expired": 1}


def test_greylisting_is_tried_again_after_5_15_30_60_120_minutes(outbox: Outbox) -> None:
    outbox.draft([make_draft(1, not_after=MORNING + timedelta(days=9))])
    tries, now = [], MORNING
    with serving(HostileServer(faults={"rcpt": "450 4.2.0"})) as server:
        while outbox.counts() == {"released": 1} and now < MORNING + timedelta(days=2):
            if outbox.is_due(now):
                tries.append(now)
                run(outbox, relay_to(server), now)
            now += minutes(5)
    gaps = [int((b - a).total_seconds() // 60) for a, b in itertools.pairwise(tries)]
    assert gaps == [5, 15, 30, 60, 120, 120, 120]
    assert len(tries) == ATTEMPTS_MAX
    assert outbox.counts() == {"failed": 1}, "a relay that never says yes said no"


def test_a_refused_letter_does_not_hold_up_the_others(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(6)])
    with serving(HostileServer(faults={"rcpt": "550 5.1.1"}, strikes=2)) as server:
        report = run(outbox, relay_to(server))
    assert (report.sent, report.failed, report.stopped_because) == (4, 2, None)


@pytest.mark.parametrize(
    ("faults", "handled", "because"),
    [
        ({"mail": "550 5.7.60"}, 1, "our sender is refused: every letter would be"),
        ({"rcpt": "550 5.7.1"}, 1, "policy against us"),
        ({"dot": "554 5.7.1"}, 1, "policy against us"),
        ({"dot": DROP}, 3, "three lines lost in a row"),
        ({"dot": "554 5.6.0"}, 4, "more than three letters in a row refused as a whole"),
    ],
)
def test_a_run_stops_when_the_fault_is_not_one_letters(
    outbox: Outbox, faults: dict[str, str], handled: int, because: str
) -> None:
    outbox.draft([make_draft(n) for n in range(8)])
    with serving(HostileServer(faults=dict(faults))) as server:
        report = run(outbox, relay_to(server))
    assert report.stopped_because is not None, because
    assert report.failed + report.put_off + report.unknown == handled, because
    assert outbox.counts().get("released", 0) + outbox.counts().get("failed", 0) >= 5


def test_a_relay_that_is_down_costs_the_letters_nothing(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    with serving(HostileServer()) as server:
        gone = replace(relay_to(server), port=server.port)
    pauses: list[float] = []
    report = run(outbox, gone, pause=pauses.append)
    assert "3 connection failures" in str(report.stopped_because)
    assert report.left == 1 and len(pauses) == 2
    with serving(HostileServer()) as server:
        assert run(outbox, relay_to(server)).sent == 1, "no attempt was counted, no wait imposed"


def test_the_kill_switch_stops_before_the_next_letter(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(5)])
    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server), kill_switch=lambda: len(server.mails) >= 2)
    assert (report.sent, report.left) == (2, 3)
    assert report.stopped_because == "the kill switch is on"


def test_a_limit_leaves_the_rest(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(5)])
    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server), limit=2)
    assert (report.sent, report.left, report.stopped_because) == (2, 3, None)


def test_a_letter_that_was_settled_meanwhile_is_withdrawn(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(4)])

    def recheck(claim: Claim) -> str | None:
        return "paid meanwhile" if claim.customer_id == "C2" else None

    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server), recheck=recheck)
    assert (report.sent, report.withdrawn) == (3, 1)
    assert "c2@buyer.example" not in server.copies


def test_a_recheck_that_fails_gives_the_letter_back(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])

    def recheck(_: Claim) -> str | None:
        raise ZeroDivisionError("a bug of ours")

    with serving(HostileServer()) as server:
        with pytest.raises(ZeroDivisionError):
            run(outbox, relay_to(server), recheck=recheck)
        assert outbox.counts() == {"released": 1} and server.mails == []


def test_a_letter_that_nobody_can_check_now_waits_and_holds_up_no_other(outbox: Outbox) -> None:
    outbox.draft([make_draft(n) for n in range(4)])

    def recheck(claim: Claim) -> str | None:
        if claim.customer_id == "C2":
            raise TransientError("its ERP does not answer")
        return None

    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server), recheck=recheck)
        assert (report.sent, report.put_off, report.left) == (3, 1, 1)
        assert "its ERP does not answer" in (report.stopped_because or ""), "somebody should look"
        again = run(outbox, relay_to(server), now=MORNING + minutes(10))
    assert (again.sent, again.stopped_because) == (1, None), "no attempt was lost"


def test_a_letter_whose_bytes_were_touched_is_withdrawn(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    with outbox._engine.begin() as connection:
        connection.exec_driver_sql("update outbox set body_sha256 = 'of something else'")
    with serving(HostileServer()) as server:
        assert run(outbox, relay_to(server)).withdrawn == 1
    assert server.mails == []


def test_a_letter_withdrawn_at_the_last_moment_does_not_go(outbox: Outbox) -> None:
    """The person is faster than the dot: the fence is looked at after the body."""
    (notice_id,) = outbox.draft([make_draft(1)]).inserted
    arm = outbox.arm

    def withdraw_first(*args: object, **held: object) -> bool:
        assert outbox.withdraw(notice_id, "the customer called", now=MORNING)
        return arm(*args, **held)  # type: ignore[arg-type]

    outbox.arm = withdraw_first  # type: ignore[method-assign]
    with serving(HostileServer()) as server:
        run(outbox, relay_to(server))
    assert outbox.counts() == {"withdrawn": 1} and server.mails == []


def test_a_commit_of_arm_that_fails_means_no_dot(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    arm = outbox.arm

    def commit_then_fail(*args: object, **held: object) -> bool:
        arm(*args, **held)  # type: ignore[arg-type]
        raise TransientError("the connection was lost at COMMIT")

    outbox.arm = commit_then_fail  # type: ignore[method-assign]
    with serving(HostileServer()) as server:
        with pytest.raises(TransientError):
            run(outbox, relay_to(server))
        outbox.arm = arm  # type: ignore[method-assign]
        assert run(outbox, relay_to(server), MORNING + minutes(30)).swept == 1
    assert server.mails == [] and outbox.counts() == {"unknown": 1}


def test_a_letter_that_was_taken_is_marked_sent_even_if_the_outbox_stumbles(
    outbox: Outbox,
) -> None:
    outbox.draft([make_draft(1)])
    mark_sent, stumbles = outbox.mark_sent, iter([True, True])

    def stumbling(*args: object, **held: object) -> bool:
        if next(stumbles, False):
            raise TransientError("locked")
        return mark_sent(*args, **held)  # type: ignore[arg-type]

    outbox.mark_sent = stumbling  # type: ignore[method-assign]
    with serving(HostileServer()) as server:
        assert run(outbox, relay_to(server)).sent == 1
    assert outbox.counts() == {"sent": 1} and len(server.mails) == 1


def test_armed_letters_become_unknown_after_the_longest_wait(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    held = outbox.claim(now=MORNING, lease=minutes(15), token="dead")
    assert held is not None and outbox.arm(held.notice_id, token="dead", now=MORNING)
    with serving(HostileServer()) as server:
        relay = relay_to(server)
        assert run(outbox, relay, MORNING + relay.armed_for - minutes(1)).swept == 0
        assert run(outbox, relay, MORNING + relay.armed_for + minutes(1)).swept == 1
    assert server.connections == 0 and outbox.counts() == {"unknown": 1}


def test_a_sender_frozen_beyond_its_lease_finds_the_door_shut(outbox: Outbox) -> None:
    """It wakes up before ARM with a letter that another dispatcher has sent meanwhile."""
    outbox.draft([make_draft(1)])
    arm: Callable[..., bool] = outbox.arm
    with serving(HostileServer()) as server:

        def frozen(*args: object, **held: object) -> bool:
            outbox.arm = arm  # type: ignore[method-assign]
            assert run(outbox, relay_to(server), MORNING + minutes(16)).sent == 1
            return arm(*args, **held)

        outbox.arm = frozen  # type: ignore[method-assign]
        report = run(outbox, relay_to(server))
    assert report.sent == 0 and server.copies == {"c1@buyer.example": 1}


def test_progress_names_no_person(outbox: Outbox) -> None:
    outbox.draft([make_draft(1), make_draft(2)])
    told: list[str] = []
    with serving(HostileServer(faults={"dot": "554 5.6.0 c1@buyer.example"}, strikes=1)) as server:
        run(outbox, relay_to(server), progress=told.append)
    assert len(told) == 1, "the refused one; the others are counted in hundreds"
    assert not any("@" in line for line in told)
    with outbox._engine.begin() as connection:
        replies = connection.exec_driver_sql("select last_reply from outbox").scalars().all()
    assert set(replies) == {"554 5.6.0", "250 2.0.0"}


COPIES = [
    # fault | strikes | state | letters | copies | what is written down | because
    ({}, None, "sent", 1, 1, "250 2.0.0", "both get the one letter"),
    ({"cc": "550 5.1.1 nobody"}, None, "sent", 1, 0, "250 2.0.0; no copy: 550 5.1.1",
     "a salesperson who left stops no letter"),
    ({"cc": "450 4.2.0 greylisted"}, None, "sent", 1, 0, "250 2.0.0; no copy: 450 4.2.0",
     "a copy is not worth a second try"),
    ({"cc": "550 5.7.1 relaying"}, None, "sent", 1, 0, "250 2.0.0; no copy: 550 5.7.1",
     "policy against the copy is not against the letter"),
    ({"cc": DROP}, None, "sent", 1, 0, "250 2.0.0; no copy: SMTPServerDisconnected",
     "hung up on the copy: the letter goes at once, on another line"),
    ({"cc": SILENCE}, None, "sent", 1, 0, "250 2.0.0; no copy: SMTPServerDisconnected",
     "no answer about the copy: the letter goes at once, on another line"),
    ({"cc": "421 4.3.2 closing"}, None, "sent", 1, 0, "250 2.0.0; no copy: 421 4.3.2",
     "closed over the copy: the letter goes at once, on another line"),
    ({"cc": "299 what"}, None, "sent", 1, 0, "250 2.0.0; no copy: 299",
     "an answer that means nothing is no yes to the copy"),
    ({"data": "554 5.5.1 one recipient only"}, 1, "sent", 1, 0, "250 2.0.0; no copy: 554 5.5.1",
     "a relay that takes one recipient a letter"),
    ({"rcpt": "550 5.1.1 nobody"}, None, "failed", 0, 0, "550 5.1.1",
     "without the customer there is nothing to copy"),
    ({"rcpt": "450 4.2.0 greylisted"}, None, "released", 0, 0, "450 4.2.0", "not now, neither"),
    ({"mail": DROP}, 1, "sent", 1, 1, "250 2.0.0", "a stale line is not the copy's fault"),
    ({"data": "451 4.3.0 later"}, None, "released", 0, 0, "451 4.3.0", "the letter itself waits"),
    ({"dot": DROP}, None, "unknown", 1, 1, "SMTPServerDisconnected", "nobody may guess of either"),
    ({"dot": "554 5.6.0 content"}, None, "failed", 1, 1, "554 5.6.0", "refused for good"),
    ({"cc": "550 5.1.1", "dot": DROP}, None, "unknown", 1, 0,
     "SMTPServerDisconnected; no copy: 550 5.1.1", "the letter is unknown, the copy did not go"),
]


@pytest.mark.parametrize(
    ("faults", "strikes", "state", "letters", "copies", "reply", "because"), COPIES,
    ids=[f"{row[0]} {row[-1]}" for row in COPIES],
)
def test_a_copy_never_stops_or_repeats_the_letter(
    outbox: Outbox, faults: dict[str, str], strikes: int | None, state: str, letters: int,
    copies: int, reply: str, because: str,
) -> None:
    outbox.draft([make_draft(1, cc="sales@seller.example")])
    with serving(HostileServer(faults=dict(faults), strikes=strikes)) as server:
        report = run(outbox, relay_to(server))
        run(outbox, relay_to(server), MORNING + minutes(1))
    assert outbox.counts() == {state: 1}, because
    assert server.copies == ({"c1@buyer.example": 1} if letters else {}), because
    assert [mail.cc for mail in server.mails] == ["sales@seller.example" if copies else ""] * letters
    assert report.stopped_because is None or state == "unknown"
    with outbox._engine.begin() as connection:
        [said] = connection.exec_driver_sql("select last_reply from outbox").scalars().all()
    assert said == reply, because


def test_one_copy_after_another_that_cost_the_line_stops_no_run(outbox: Outbox) -> None:
    outbox.draft([make_draft(n, cc="sales@seller.example") for n in range(6)])
    with serving(HostileServer(faults={"cc": DROP})) as server:
        report = run(outbox, relay_to(server))
    assert (report.sent, report.stopped_because) == (6, None)
    assert set(server.copies.values()) == {1} and len(server.copies) == 6


JOURNAL, CC = "letters@seller.example", "sales@seller.example"
JOURNAL_COPIES = [
    # fault | the copy that all see | copies | what is written down | because
    ({}, None, JOURNAL, "250 2.0.0", "one letter, one transaction, two mailboxes"),
    ({}, CC, f"{CC} {JOURNAL}", "250 2.0.0", "the salesperson's copy as well"),
    ({"cc": "550 5.1.1 nobody"}, None, "", "250 2.0.0; no journal copy: 550 5.1.1",
     "our own mailbox is full or gone: the customer's letter goes"),
    ({"cc": "550 5.1.1 nobody"}, CC, JOURNAL, "250 2.0.0; no copy: 550 5.1.1",
     "one copy that is refused does not cost the other"),
    ({"journal": "452 4.2.2 full"}, CC, CC, "250 2.0.0; no journal copy: 452 4.2.2",
     "nor the other way round"),
    ({"journal": DROP}, CC, "", "250 2.0.0; no copy: SMTPServerDisconnected; no journal copy: "
     "SMTPServerDisconnected", "hung up on a copy: the letter goes at once, to its recipient alone"),
]


@pytest.mark.parametrize(
    ("faults", "cc", "copies", "reply", "because"), JOURNAL_COPIES,
    ids=[row[-1] for row in JOURNAL_COPIES],
)
def test_our_own_mailbox_gets_a_copy_that_stops_no_letter(
    outbox: Outbox, faults: dict[str, str], cc: str | None, copies: str, reply: str, because: str
) -> None:
    outbox.draft([make_draft(1, cc=cc)])
    with serving(HostileServer(faults=dict(faults))) as server:
        assert run(outbox, relay_to(server), journal_address=JOURNAL).sent == 1, because
    [mail] = server.mails
    assert (mail.recipient, mail.cc) == ("c1@buyer.example", copies), because
    assert mail.content == make_draft(1).message, "no header tells of it"
    with outbox._engine.begin() as connection:
        assert connection.exec_driver_sql("select last_reply from outbox").scalar() == reply
