"""Reading the inbox: each mail once, whatever it is and wherever a run was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from drafts import MORNING
from mailroom import Mailroom, report
from receivables.inbox import box, read
from receivables.inbox.message import BOUNDARIES_MAX, OCTETS_MAX, inbound_id


def test_the_same_mail_by_two_ways_is_one(both: Mailroom) -> None:
    mail = both.fixture("reply_gmail")
    other_way = b"Received: by another.example\r\nDelivered-To: ar@billing.example.com\r\n" + mail
    found = both.read(mail, other_way, mail.replace(b"\r\n", b"\n"))
    assert (found.kinds, found.again) == ({"reply": 1}, 2)
    assert both.read(mail).again == 1
    assert len(both.rows("select 1 from inbound_message")) == 1


def test_another_text_under_the_same_message_id_is_another_mail(mailroom: Mailroom) -> None:
    mail = mailroom.fixture("stranger")
    assert inbound_id(mail) != inbound_id(mail.replace(b"Congrat", b"Commiser"))
    assert mailroom.read(mail, mail.replace(b"Congrat", b"Commiser")).kinds == {"reply": 2}


@pytest.mark.parametrize(
    ("where", "stopped"), [(box.Inbox, "record"), (box.Inbox, "suppress"), (read, "forget")]
)
def test_a_run_that_is_stopped_anywhere_goes_on_there(
    both: Mailroom, monkeypatch: pytest.MonkeyPatch, where: object, stopped: str
) -> None:
    bounce = both.filled(report("5.1.1"))
    with monkeypatch.context() as patch:
        patch.setattr(where, stopped, _killed)
        with pytest.raises(KeyboardInterrupt):
            both.read(bounce)
    both.read()
    assert both.state() == "failed" and len(both.suppressed()) == 1
    assert len(both.rows("select 1 from inbound_message")) == 1
    assert len(both.rows("select 1 from delivery_event where state_to = 'failed'")) == 1
    assert list((both.settings.home / "inbox" / "new").iterdir()) == []


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def bomb(depth: int) -> bytes:
    """A mail of parts within parts."""
    head = "From: a@x.example\n" + 'Content-Type: multipart/mixed; boundary="b0"\n\n'
    inner = "".join(
        f'--b{n}\nContent-Type: multipart/mixed; boundary="b{n + 1}"\n\n' for n in range(depth)
    )
    return (head + inner).encode()


HOSTILE: list[tuple[Callable[[], bytes], str, str]] = [
    (lambda: b"", "no_header", "nothing at all"),
    (lambda: b"\x00\xff\xfe\x00" * 100, "no_header", "no mail"),
    (lambda: b"From: a@x.example\n\n" + b"x" * OCTETS_MAX, "too_large", "too large"),
    (lambda: bomb(BOUNDARIES_MAX + 5), "too_many_parts", "parts within parts"),
    (lambda: b'From: a@x\nContent-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 500,
     "too_many_parts", "hundreds of parts"),
    (lambda: b"From: a@x.example\n\n" + b"\n" * 400_000, "too_many_parts", "nothing but lines"),
    (lambda: b"From: a@x.example\n" + b"Content-Type: message/rfc822\n\n" * 5000,
     "nested_too_deep", "mails within mails"),
    (lambda: b"From: a@x\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n"
             b"\n--r\nContent-Type: message/delivery-status\n\nA: b\n\nAction: =?utf-8?q?_?=\n\n--r--",
     "malformed (IndexError)", "a report whose action is a blank in disguise"),
]


@pytest.mark.parametrize(("mail", "code", "because"), HOSTILE, ids=[row[-1] for row in HOSTILE])
def test_a_hostile_mail_is_kept_for_a_person_and_the_others_go_on(
    mailroom: Mailroom, mail: Callable[[], bytes], code: str, because: str
) -> None:
    started = time.monotonic()
    found = mailroom.read(mail(), mailroom.filled(report("5.1.1")))
    assert found.kinds == {"bounce": 1, "unreadable": 1}, because
    [row] = mailroom.rows("select classified, state from inbound_message where kind = 'unreadable'")
    assert row == (code, "new"), because
    assert mailroom.state() == "failed", "the others go on"
    assert time.monotonic() - started < 20, because


@pytest.mark.parametrize("header", [
    "From: =?utf-9?q?=ff?= <a@x.example>", "From: \x00\x00<\x00@x.example>",
    "Subject: =?utf-8?b?" + "A" * 9000 + "?=", "References: " + "<a@b> " * 3000,
    "Content-Type: text/plain; charset=nonsense", "Content-Transfer-Encoding: base64",
    "In-Reply-To: <\x00@x>", "Date: yesterday",
])
def test_an_odd_header_stops_nothing(both: Mailroom, header: str) -> None:
    mail = f"{header}\nTo: ar@billing.example.com\n\nhello\n".encode()
    assert sum(both.read(mail).kinds.values()) == 1


def test_a_mail_is_kept_as_it_came_for_a_while(mailroom: Mailroom) -> None:
    mail = mailroom.fixture("reply_gmail")
    mailroom.mail = {"inbox_kept_days": 30}
    mailroom.read(mail)
    [kept] = (mailroom.settings.home / "inbox" / "kept").rglob("*.eml")
    assert kept.read_bytes() == mail and kept.stat().st_mode & 0o077 == 0
    mailroom.read(now=MORNING + timedelta(days=30))
    assert kept.exists()
    mailroom.read(now=MORNING + timedelta(days=31))
    assert not kept.exists()
    assert len(mailroom.rows("select 1 from inbound_message")) == 1, "what it was stays known"


def test_the_database_and_the_log_hold_no_words_and_no_addresses(both: Mailroom) -> None:
    said: list[str] = []
    both.read(both.fixture("reply_gmail"), both.fixture("postfix_unknown"), progress=said.append)
    stored = " ".join(map(str, both.rows("select * from inbound_message")))
    for text in (stored, " ".join(said)):
        assert "@" not in text and "Monday" not in text and "Kaya" not in text
    assert len(said) == 2


KNOWN = [
    # known at, hours after it came | state | outcome | because
    (-1, None, None, "it had not come yet"),
    (0, "new", None, "it has just come"),
    (3, "new", None, "nobody has read it yet"),
    (4, "confirmed", "paid", "read by then"),
]


def test_what_was_known_at_an_instant_stays_what_was_known(both: Mailroom) -> None:
    both.read(both.fixture("reply_gmail"), both.fixture("away_exchange"))
    with closing(box.Inbox(both.outbox_url)) as inbox:
        [waiting] = inbox.waiting_messages()
        assert inbox.resolve(waiting.inbound_id, outcome="paid", because=None,
                             now=MORNING + timedelta(hours=4))
        for hours, state, outcome, because in KNOWN:
            known_at = MORNING + timedelta(hours=hours)
            found = inbox.known_messages(legal_entity_id="DE01", known_at=known_at)
            told = [(message.kind, message.state, message.outcome) for message in found]
            assert told == ([] if state is None else [("reply", state, outcome)]), because
        assert inbox.known_messages(legal_entity_id="DE02", known_at=known_at) == []
