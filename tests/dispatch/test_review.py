"""What a person may say about a letter whose fate nobody knows, and what nobody else may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from drafts import EVENING, MORNING, make_draft, minutes
from hostile_smtp import DROP, HostileServer, serving
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.review import Review
from receivables.errors import WrongUse
from receivables.review.evidence import accepted
from test_dispatcher import relay_to, run

LATER, NIGHT = MORNING + timedelta(hours=2), EVENING + timedelta(hours=8)
BECAUSE = "sent, says ana: the relay's log has it"


@pytest.fixture
def review(outbox_url: str) -> Iterator[Review]:
    opened = Review(outbox_url)
    yield opened
    opened.close()


def rows(outbox: Outbox, query: str) -> list[tuple[object, ...]]:
    with outbox._engine.begin() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def lose(review: Review, *numbers: int, **changes: object) -> list[str]:
    """Letters that were taken, and whose answers were lost; their notices."""
    drafts = [make_draft(number, **changes) for number in numbers]
    review.draft(drafts)
    with serving(HostileServer(faults={"dot": DROP})) as server:
        run(review, relay_to(server))
    assert set(server.copies.values()) == {1}
    return [draft.notice_id for draft in drafts]


def test_the_list_tells_what_helps_to_find_out_and_no_address(review: Review) -> None:
    lose(review, 1)
    [letter] = review.unknown()
    draft = make_draft(1)
    assert (letter.notice_id, letter.customer_id, letter.step, letter.as_of_date) == (
        draft.notice_id, "C1", "reminder_1", draft.as_of_date)
    assert (letter.armed_at, letter.amount_text, letter.message_id) == (
        MORNING, "100,00 EUR", draft.message_id)
    assert letter.last_reply == "SMTPServerDisconnected"
    assert "buyer.example" not in repr(letter)


def test_a_letter_that_went_was_sent_when_it_was_armed(review: Review) -> None:
    [notice_id] = lose(review, 1)
    assert review.settle_sent(notice_id, because=BECAUSE, now=LATER)
    assert review.counts() == {"sent": 1}
    [state] = review.notice_states(legal_entity_id="DE01", since=make_draft(1).as_of_date)
    assert state.sent_at == MORNING
    assert rows(review, "select state_from, reply from delivery_event where state_to = 'sent'") == [
        ("unknown", BECAUSE)]
    assert not review.settle_sent(notice_id, because=BECAUSE, now=LATER), "an answer stands"


def test_what_was_said_later_was_not_known_before(review: Review) -> None:
    """A night that is rebuilt decides as it did: by the day of the draft, while it was in doubt."""
    tomorrow = MORNING + timedelta(days=1)
    review.draft([make_draft(1, not_after=tomorrow + timedelta(days=1))])
    with serving(HostileServer(faults={"dot": DROP})) as server:
        run(review, relay_to(server), tomorrow)
    known = {"legal_entity_id": "DE01", "before": tomorrow.date(), "known_at": tomorrow}
    [before] = review.history(**known)
    review.settle_sent(make_draft(1).notice_id, because=BECAUSE, now=tomorrow + minutes(60))
    assert review.history(**known) == [before] and before.state == "unknown"
    [after] = review.history(**known | {"known_at": tomorrow + minutes(61)})
    assert (after.state, after.acted_on) == ("sent", tomorrow.date())


def test_a_resend_is_the_same_letter_once_more(review: Review) -> None:
    [notice_id] = lose(review, 1)
    assert review.resend(notice_id, until=NIGHT, because="says ana: call of C1", now=LATER)
    with serving(HostileServer()) as server:
        assert run(review, relay_to(server), EVENING + minutes(60)).sent == 1
    [mail] = server.mails
    assert mail.content == make_draft(1).message, "the same bytes, the same Message-ID"
    assert review.counts() == {"sent": 1}
    states = rows(review, "select state_to from delivery_event order by event_id")
    assert [state for [state] in states] == [
        "released", "claimed", "armed", "unknown", "released", "claimed", "armed", "sent"]


def test_a_resend_needs_time_to_leave_and_its_bytes(review: Review) -> None:
    [notice_id] = lose(review, 1)
    with pytest.raises(WrongUse, match="--until"):
        review.resend(notice_id, until=LATER, because="says ana", now=LATER)
    with review._engine.begin() as connection:
        connection.exec_driver_sql("update outbox set body_sha256 = 'of what went'")
    with pytest.raises(WrongUse, match="not in the outbox"):
        review.resend(notice_id, until=NIGHT, because="says ana", now=LATER)
    assert review.counts() == {"unknown": 1}


def test_a_cancelled_letter_frees_its_step(review: Review) -> None:
    [notice_id] = lose(review, 1)
    assert review.draft([make_draft(1, generation=1)]).inserted == ()
    assert review.cancel(notice_id, because="cancelled, says ana: the log has nothing", now=LATER)
    assert review.counts() == {"withdrawn": 1}
    assert len(review.draft([make_draft(1, generation=1)]).inserted) == 1


def test_a_person_only_answers_for_what_is_unknown(review: Review) -> None:
    review.draft([make_draft(n) for n in range(5)])
    known = {
        "released": make_draft(0).notice_id, "claimed": make_draft(1).notice_id,
        "armed": make_draft(2).notice_id, "sent": make_draft(3).notice_id,
        "withdrawn": make_draft(4).notice_id,
    }
    for state, notice_id in known.items():
        sent = ", sent_at = drafted_at" if state == "sent" else ""
        with review._engine.begin() as connection:
            connection.exec_driver_sql(
                f"update outbox set state = '{state}'{sent} where notice_id = '{notice_id}'")
    for notice_id in (*known.values(), "nobody's"):
        assert not review.settle_sent(notice_id, because=BECAUSE, now=LATER)
        assert not review.cancel(notice_id, because=BECAUSE, now=LATER)
        assert not review.resend(notice_id, until=NIGHT, because=BECAUSE, now=LATER)
    assert review.counts() == dict.fromkeys(known, 1)


def test_the_dispatcher_has_no_step_out_of_doubt(review: Review) -> None:
    """But for a late 250: see the table of edges in test_outbox.py."""
    assert {name for name in vars(Review) if not name.startswith("_")} & set(dir(Outbox)) == set()


def test_a_reason_that_would_be_cut_off_is_refused(review: Review) -> None:
    [notice_id] = lose(review, 1)
    with pytest.raises(WrongUse, match="fewer words"):
        review.cancel(notice_id, because="x" * 201, now=LATER)
    assert review.counts() == {"unknown": 1}


ID = make_draft(1).message_id
OTHER = make_draft(2).message_id
HEAD = f"From: ar@seller.example\nMessage-ID: {ID}\nSubject: Letter\n\nDear\n"
BOUNCE = (f"From: <>\nMessage-ID: <bounce@relay.example>\nIn-Reply-To: {ID}\nReferences: {ID}\n"
          f"\nMessage-ID: {ID}\n")
POSTFIX = """\
Mar  4 09:00:01 relay postfix/cleanup[11]: 3C0FFEE01: message-id={id}
Mar  4 09:00:01 relay postfix/qmgr[12]: 3C0FFEE01: from=<ar@seller.example>, nrcpt=1 (queue active)
Mar  4 09:00:02 relay postfix/smtp[13]: 3C0FFEE01: to=<c1@buyer.example>, status={status} (250 ok)
Mar  4 09:00:02 relay postfix/qmgr[12]: 3C0FFEE01: removed
"""
SENT = POSTFIX.format(id=ID, status="sent")
USED_AGAIN = (POSTFIX.format(id=ID, status="deferred")
              + POSTFIX.format(id="<another@relay.example>", status="sent"))

EVIDENCE = [
    # file | text | evidence | because
    ("cur/1:2,S", HEAD, "a copy is in box", "read already"),
    ("new/1", HEAD, "a copy is in box", "not read yet"),
    ("cur/2", BOUNCE, None, "an answer to it, and what encloses it, are no copies"),
    ("1.eml", HEAD.replace("\n", "\r\n"), "a copy is in box", "exported letters"),
    ("box.mbox", f"From ar Wed Mar  4 09:00:01 2026\n{HEAD}\n", "a copy is in box.mbox", "an mbox"),
    ("box.mbox", f"From ar Wed Mar  4 09:00:01 2026\n{BOUNCE}\n", None, "an answer in an mbox"),
    ("mail.log", SENT, "status=sent in mail.log, line 3", "the relay passed it on"),
    ("mail.log", f"x id={ID} status=sent\n", "status=sent in mail.log, line 1", "on one line"),
    ("mail.log", POSTFIX.format(id=ID, status="bounced"), None, "a person reads that"),
    ("mail.log", SENT.splitlines()[0], None, "the relay saw a head; the dot may not have come"),
    ("mail.log", USED_AGAIN, None, "a queue id is used again for another letter"),
    ("mail.log", SENT.replace(ID, OTHER), None, "another letter"),
    ("mail.log", SENT.replace(ID, ID[1:-1]), None, "not as an id"),
]


@pytest.mark.parametrize(
    ("file", "text", "evidence", "because"), EVIDENCE, ids=[f"{r[0]} {r[-1]}" for r in EVIDENCE]
)
def test_what_proves_that_a_letter_was_taken(
    tmp_path: Path, file: str, text: str, evidence: str | None, because: str
) -> None:
    folder = tmp_path / "box"
    for name in ("cur", "new") if "/" in file else ():
        (folder / name).mkdir(parents=True)
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(text, encoding="utf-8", newline="")
    path = folder / file if file.startswith(("box", "mail")) else folder
    assert accepted(path, [ID]) == ({} if evidence is None else {ID: evidence}), because


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path):
        with pytest.raises(WrongUse, match=str(path)):
            accepted(path, [ID])


def test_the_commands_start_without_the_outbox() -> None:
    """`receivables --help` knows them all, and reads no settings."""
    from receivables.cli import main

    for name in ("list", "match", "mark-sent", "resend", "cancel", "restore"):
        with pytest.raises(SystemExit) as left:
            main(["review", name, "--help"])
        assert left.value.code == 0, json.dumps(name)
