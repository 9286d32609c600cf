"""What a mail that came in is taken for, whose it is, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from drafts import MORNING
from mailroom import MAILS, RECIPIENT, Mailroom, report

FILES = [
    # file | kind | seems | matched by | the letter is | suppressed | stops all | because
    ("postfix_unknown", "bounce", "address", "address", "failed", True, False, "5.1.1: nobody is there"),
    ("postfix_delayed", "delay", "delayed", "address", "sent", False, False, "a delay is no failure"),
    ("exim_unknown", "bounce", "address", "address", "failed", True, False, "its status says nothing, the diagnosis does"),
    ("exim_in_words", "bounce", "mailbox", "address", "failed", False, False, "no report, but a header and words: full, the first time"),
    ("exchange_unknown", "bounce", "address", "address", "failed", True, False, "5.1.10: no such recipient"),
    ("exchange_rewritten", "bounce", "ours", "message_id", "failed", False, True, "5.7.1 is about us; it came to another address of ours"),
    ("gmail_unknown", "bounce", "address", "address", "failed", True, False, "5.1.2: no such domain"),
    ("copy_failed", "bounce", "copy", "address", "sent", False, False, "the customer has its letter; a colleague has not"),
    ("delivered", "delivery", "delivered", "address", "sent", False, False, "it arrived"),
    ("complaint", "complaint", "abuse", "address", "sent", False, False, "held and called, never unsubscribed"),
    ("read_receipt", "read_receipt", "info", "address", "sent", False, False, "ignored"),
    ("away_exchange", "auto_reply", "away", "address", "sent", False, False, "a machine says nothing of payments"),
    ("left_in_subject_words", "auto_reply", "left", "address", "sent", False, False, "told by its subject alone"),
    ("ticket", "auto_reply", "other", "address", "sent", False, False, "Precedence: bulk"),
    ("reply_outlook", "reply", "dispute", "address", "sent", False, False, "HTML only; what it quotes is ours"),
    ("reply_gmail", "reply", "paid", "message_id", "sent", False, False, "what is quoted is ours"),
    ("reply_by_case", "reply", "promise", "case", "sent", False, False, "from another system, with our case number"),
    ("reply_by_sender", "reply", "other", "sender", "sent", False, False, "written to before, and nobody else is"),
    ("stranger", "reply", "other", None, "sent", False, False, "of nobody known"),
]


def test_every_mail_of_the_fixtures_is_judged() -> None:
    assert sorted(row[0] for row in FILES) == sorted(file.stem for file in MAILS.glob("*.eml"))


@pytest.mark.parametrize(
    ("name", "kind", "seems", "matched_by", "state", "is_suppressed", "is_stopped", "because"),
    FILES, ids=[row[0] for row in FILES],
)
def test_what_a_mail_is_and_what_follows(
    mailroom: Mailroom, name: str, kind: str, seems: str, matched_by: str | None, state: str,
    is_suppressed: bool, is_stopped: bool, because: str,
) -> None:
    found = mailroom.read(mailroom.fixture(name))
    assert found.kinds == {kind: 1}, because
    [row] = mailroom.rows(
        "select classified, matched_by, customer_id, notice_id from inbound_message"
    )
    assert row[:3] == (seems, matched_by, matched_by and "C1"), because
    assert row[3] in (None, mailroom.letter.notice_id)
    assert mailroom.state() == state, because
    assert mailroom.suppressed() == ({RECIPIENT: "bad_address"} if is_suppressed else {}), because
    assert mailroom.is_stopped is is_stopped, because
    assert bool(found.alerts) is is_stopped, because


STATUSES = [
    # status | diagnosis | class | the letter is | suppressed | because
    ("5.1.1", "", "address", "failed", True, "no such mailbox"),
    ("5.1.2", "", "address", "failed", True, "no such domain"),
    ("5.1.3", "", "address", "failed", True, "no address at all"),
    ("5.1.6", "", "address", "failed", True, "moved, nobody knows where"),
    ("5.1.10", "", "address", "failed", True, "a null MX, or no such recipient"),
    ("5.2.1", "", "mailbox", "failed", False, "disabled: once is no rule"),
    ("5.2.2", "", "mailbox", "failed", False, "full: once is no rule"),
    ("4.4.7", "", "later", "failed", False, "the relay gave up: the letter is written afresh"),
    ("5.7.1", "", "ours", "failed", False, "policy is about us"),
    ("5.7.26", "", "ours", "failed", False, "our authentication"),
    ("5.7.509", "", "ours", "failed", False, "our DMARC"),
    ("5.3.4", "", "content", "unknown", False, "too large: a person sends it another way"),
    ("5.2.3", "", "content", "unknown", False, "too large"),
    ("5.0.0", "550 5.2.2 over quota", "mailbox", "failed", False, "the diagnosis tells more"),
    ("5.0.0", "no idea", "unexplained", "unknown", False, "no reason told: a person decides"),
    ("nonsense", "", "unexplained", "unknown", False, "no status at all"),
]


@pytest.mark.parametrize(
    ("status", "diagnostic", "seems", "state", "is_suppressed", "because"), STATUSES,
    ids=[f"{row[0]} {row[-1]}" for row in STATUSES],
)
def test_a_status_has_its_class_and_its_reaction(
    mailroom: Mailroom, status: str, diagnostic: str, seems: str, state: str, is_suppressed: bool,
    because: str,
) -> None:
    found = mailroom.read(mailroom.filled(report(status, diagnostic)))
    assert mailroom.rows("select classified from inbound_message") == [(seems,)], because
    assert mailroom.state() == state, because
    assert bool(mailroom.suppressed()) is is_suppressed, because
    assert mailroom.is_stopped is bool(found.alerts) is (seems == "ours"), because


@pytest.mark.parametrize(("days", "reason"), [(13, "bad_mailbox"), (15, None)])
def test_a_mailbox_rests_after_two_failures_in_fourteen_days(
    both: Mailroom, days: int, reason: str | None
) -> None:
    second = both.sent(2, recipient=RECIPIENT, customer_id="C1")
    later = MORNING + timedelta(days=days)
    both.read(both.filled(report("5.2.2")))
    assert both.suppressed() == {}, "once is no rule"
    both.read(both.filled(report("5.2.1"), second), now=later)
    assert both.suppressed(later).get(RECIPIENT) == reason
    assert both.suppressed(later + timedelta(days=40)) == {}, "a full mailbox may be emptied"


def test_a_delay_of_more_than_two_days_is_told(mailroom: Mailroom) -> None:
    delay = report("4.4.1", action="delayed")
    assert mailroom.read(mailroom.filled(delay), now=MORNING + timedelta(hours=47)).alerts == ()
    late = delay.replace("Subject: report", "Subject: still").replace("<4.4.1", "<late.4.4.1")
    found = mailroom.read(mailroom.filled(late), now=MORNING + timedelta(hours=49))
    assert len(found.alerts) == 1 and mailroom.letter.notice_id in found.alerts[0]
    assert mailroom.state() == "sent" and mailroom.suppressed() == {}


def test_a_bounce_decides_about_a_letter_of_which_nobody_knew(both: Mailroom) -> None:
    with_doubt = both.sent(3)
    both.read(both.filled(report("5.3.4"), with_doubt))
    assert both.state(with_doubt) == "unknown"
    again = report("5.1.1").replace("Subject: report", "Subject: another")
    both.read(both.filled(again, with_doubt))
    assert both.state(with_doubt) == "failed", "it reached nobody for certain"
    assert both.rows("select is_void from outbox_item where invoice_id = 'I3'")[0][0] in (1, True)


PASSED_ON = [
    # final recipient | original recipient | the letter is | seems | because
    (RECIPIENT.upper(), "", "failed", "address", "capitals make no other address"),
    ("kaya@elsewhere.example", RECIPIENT, "failed", "address", "forwarded, and it says from where"),
    ("kaya@elsewhere.example", "", "sent", "passed_on", "one of a group: the others have the letter"),
]


@pytest.mark.parametrize(("final", "original", "state", "seems", "because"), PASSED_ON,
                         ids=[row[-1] for row in PASSED_ON])
def test_a_report_is_about_the_address_that_it_names(
    mailroom: Mailroom, final: str, original: str, state: str, seems: str, because: str
) -> None:
    told = f"{final}\nOriginal-Recipient: rfc822;{original}" if original else final
    mailroom.read(mailroom.filled(report("5.1.1", recipient=told)))
    assert mailroom.state() == state, because
    assert mailroom.rows("select classified from inbound_message") == [(seems,)], because
    assert bool(mailroom.suppressed()) is (state == "failed"), because


def test_a_report_of_two_recipients_is_read_for_the_letters_own(mailroom: Mailroom) -> None:
    two = report("5.1.1", recipient="sales@seller.example").replace(
        "\n\n--r\nContent-Type: text/rfc822-headers",
        f"\n\nFinal-Recipient: rfc822; {RECIPIENT}\nAction: delivered\nStatus: 2.0.0\n"
        "\n--r\nContent-Type: text/rfc822-headers",
    )
    assert mailroom.read(mailroom.filled(two)).kinds == {"delivery": 1}
    assert mailroom.state() == "sent" and mailroom.suppressed() == {}


def test_how_long_somebody_is_away(mailroom: Mailroom) -> None:
    mailroom.read(mailroom.fixture("away_exchange"))
    [(until, state)] = mailroom.rows("select away_until, state from inbound_message")
    assert (str(until), state) == ("2026-03-16", "recorded"), "nobody has to read it"
