"""There and back: letters leave, what comes back is read, and the next nights act on it."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
import yaml
from company import Company, after, read
from hostile_smtp import HostileServer, Mail, serving
from mailroom import MAIL, Mailroom, report
from receivables.dispatch.outbox import Outbox
from receivables.inbox import resolution
from receivables.inbox.box import Inbox
from receivables.inbox.read import InboxReport, read_inbox
from receivables.replay import replay
from receivables.select import policy_file
from seller import RELEASE
from test_dispatcher import relay_to, run

DUE = date(2026, 3, 2)
FIRST = DUE + timedelta(days=3)              # a Thursday: the letters leave on Friday
SETTINGS: dict[str, Any] = {"mail": MAIL}
ANSWERED_AT = datetime(2026, 3, 6, 11, tzinfo=UTC)
NIGHTS = tuple(date(2026, 3, day) for day in (9, 11, 12, 15))
ANSWERS = {
    "REPLIES": "Hello, we look into it.", "PAID": "We have paid.", "DISMISSED": "Thank you.",
}
WAITS, SAYS = "STEP_NOT_REACHED", "REPLIED_LATELY"
ROADS = [
    # customer | decided on 9, 11, 12 and 15 March | because
    ("SILENT", (WAITS, WAITS, "STEP_DUE", "NOTICE_IN_FLIGHT"), "nothing came back"),
    ("REPLIES", ("REPLY_PENDING", WAITS, "STEP_DUE", "NOTICE_IN_FLIGHT"),
     "Monday, Tuesday and Wednesday are three business days"),
    ("PAID", (SAYS, WAITS, "CASH_UNCERTAIN", "STEP_DUE"),
     "confirmed: whoever says that it paid is asked, for seven days"),
    ("DISMISSED", (WAITS, WAITS, "STEP_DUE", "NOTICE_IN_FLIGHT"), "a person saw nothing in it"),
    ("AWAY", (WAITS, WAITS, "STEP_DUE", "NOTICE_IN_FLIGHT"), "a machine's answer pauses nothing"),
    ("COMPLAINS", ("COMPLAINED", "COMPLAINED", "COMPLAINED", "STEP_DUE"),
     "held until a person resolved it, before the last night"),
]


def book(home: Path, customers: tuple[str, ...]) -> Company:
    company = Company(home)
    for customer_id in customers:
        company.customer(customer_id)
        company.invoice(f"I-{customer_id}", "100.00", DUE, customer_id)
    return company


def has_a_night(
    company: Company, day: date, *, is_whole: bool = False, **settings: Any
) -> None:
    """A night of a day on which somebody paid, for else the bank would be asked."""
    company.invoice(f"P{day}", "1.00", day, company.rows["customer"][0]["customer_id"])
    company.payment(f"P{day}", "1.00", day)
    night = company.night if is_whole else company.quick_night
    night(day, settings=SETTINGS | settings, release=RELEASE)


def sends(company: Company, day: date) -> dict[str, Mail]:
    """What the mail server takes on the morning after, by customer."""
    with serving(HostileServer()) as server, closing(Outbox(url(company))) as outbox:
        run(outbox, relay_to(server), datetime.combine(day + timedelta(days=1), time(9), UTC))
    return {customer(mail): mail for mail in server.mails}


def url(company: Company) -> str:
    return f"sqlite:///{company.home / 'home' / 'outbox.sqlite'}"


def customer(mail: Mail) -> str:
    """The one whose invoice the subject names."""
    return str(message_from_bytes(mail.content)["Subject"]).partition("No-I-")[2]


def comes_back(company: Company, *mails: bytes, now: datetime = ANSWERED_AT) -> InboxReport:
    Mailroom.drop(_Room(company), *mails)  # type: ignore[arg-type]
    run = company.run(settings=SETTINGS)
    return read_inbox(run.settings, resolve=run.resolve, now=now, progress=run.progress)


class _Room:
    def __init__(self, company: Company) -> None:
        self.settings = company.settings(**SETTINGS)


def bounce(mail: Mail, status: str = "5.1.1") -> bytes:
    """A mail server's report, made of what it was given."""
    message_id = message_from_bytes(mail.content)["Message-ID"]
    told = report(status, to=mail.sender, recipient=mail.recipient, message_id=message_id)
    return told.replace("\n", "\r\n").encode()


def answer(mail: Mail, text: str, headers: str = "") -> bytes:
    """What a mail program makes of "reply"."""
    letter = message_from_bytes(mail.content, policy=policy.SMTP)
    return (
        f"From: {mail.recipient}\r\nTo: {letter['Reply-To']}\r\nSubject: Re: {letter['Subject']}\r\n"
        f"In-Reply-To: {letter['Message-ID']}\r\nMessage-ID: <re.{mail.recipient}>\r\n{headers}"
        f"Content-Type: text/plain\r\n\r\n{text}\r\n"
    ).encode()


def complaint(mail: Mail) -> bytes:
    return (
        "From: fbl@provider.example\r\nMessage-ID: <fbl@provider.example>\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=f\r\n\r\n"
        "--f\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
        f"Original-Mail-From: <{mail.sender}>\r\n\r\n--f--\r\n"
    ).encode()


def answered(company: Company) -> dict[str, str]:
    """The ids of what waits for a person, by customer."""
    with closing(Inbox(url(company))) as inbox:
        return {m.customer_id or "": m.inbound_id for m in inbox.waiting_messages()}


def resolves(company: Company, customer_id: str, outcome: str | None, now: datetime) -> None:
    settings, waiting = company.settings(**SETTINGS), answered(company)
    about: dict[str, Any] = {"because": "Ann read it", "resolve": company.run().resolve, "now": now}
    if outcome is None:
        resolution.dismiss(settings, waiting[customer_id], **about)
    else:
        resolution.confirm(settings, waiting[customer_id], outcome=outcome, **about)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, dict[str, Mail]]:
    company = book(tmp_path_factory.mktemp("lived"), tuple(row[0] for row in ROADS))
    has_a_night(company, FIRST)
    sent = sends(company, FIRST)
    found = comes_back(
        company, *(answer(sent[name], text) for name, text in ANSWERS.items()),
        answer(sent["AWAY"], "I am away", "Auto-Submitted: auto-replied\r\n"),
        complaint(sent["COMPLAINS"]),
    )
    assert found.kinds == {"complaint": 1, "auto_reply": 1, "reply": 3} and not found.unmatched
    resolves(company, "PAID", "paid", ANSWERED_AT)
    resolves(company, "DISMISSED", None, ANSWERED_AT)
    for day in NIGHTS:
        if day == NIGHTS[-1]:
            resolves(company, "COMPLAINS", "note", after(day) - timedelta(hours=1))
        has_a_night(company, day)
    return company, sent


@pytest.mark.parametrize(("customer_id", "decided", "because"), ROADS, ids=[r[0] for r in ROADS])
def test_what_the_next_nights_decide(lived, customer_id: str, decided, because: str) -> None:
    company, _ = lived
    found = tuple(
        dict(read(company.official(day), "decision", "customer_id, reason_code",
                  "invoice_id desc"))[customer_id]
        for day in NIGHTS
    )
    assert found == decided, because


def test_a_letter_says_where_answers_and_bounces_come_back_to(lived) -> None:
    _, sent = lived
    assert len(sent) == len(ROADS)
    senders = {mail.sender for mail in sent.values()}
    assert len(senders) == len(sent) and "" not in senders, "each letter its own, and never <>"
    for customer_id, mail in sent.items():
        letter = message_from_bytes(mail.content, policy=policy.SMTP)
        assert str(letter["From"]).endswith("<accounts.receivable@example.com>"), "as it was"
        for address, own in ((mail.sender, MAIL["bounces"]), (letter["Reply-To"], MAIL["replies"])):
            local_part, _, domain = str(address).rpartition("@")
            assert local_part.startswith(own.partition("@")[0] + "+") and own.endswith(domain)
            assert len(local_part) <= 64 and customer_id.lower() not in local_part
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["List-Unsubscribe"] is None and letter["Content-Language"] == "en"


def test_the_work_list_asks_somebody_to_read_and_to_call(lived) -> None:
    company, _ = lived
    rows = read(company.official(NIGHTS[0]), "work_list", "customer_id, reason_codes, reason_text",
                "customer_id")
    assert [row[:2] for row in rows] == [("COMPLAINS", "COMPLAINED"), ("REPLIES", "REPLY_PENDING")]
    assert "2026-03-06" in rows[1][2] and "before 2026-03-12" in rows[1][2]


def test_a_letter_that_waits_is_taken_back_when_its_customer_answers(tmp_path: Path) -> None:
    company = book(tmp_path, ("C1",))
    has_a_night(company, FIRST)
    sent = sends(company, FIRST)["C1"]
    second = DUE + timedelta(days=10)
    has_a_night(company, second)
    comes_back(company, answer(sent, "Hello"), now=after(second) + timedelta(hours=1))
    has_a_night(company, second + timedelta(days=1))
    with closing(Outbox(url(company))) as outbox:
        assert outbox.counts() == {"sent": 1, "withdrawn": 1}


def test_a_letter_that_came_back_is_written_afresh_to_another_address(tmp_path: Path) -> None:
    company = book(tmp_path, ("C1", "C2"))
    has_a_night(company, FIRST)
    sent = sends(company, FIRST)
    assert comes_back(company, bounce(sent["C1"])).kinds == {"bounce": 1}
    next(row for row in company.rows["contact"] if row["customer_id"] == "C1")["email"] = (
        "found@buyer.example")
    has_a_night(company, NIGHTS[0])
    with closing(Outbox(url(company))) as outbox:
        [suppressed] = outbox.suppressions(ANSWERED_AT)
        assert (suppressed.address, suppressed.until) == ("payable1@buyer.example", None)
    [again] = sends(company, NIGHTS[0]).values()
    assert again.recipient == "found@buyer.example"
    subjects = {message_from_bytes(mail.content)["Subject"] for mail in (sent["C1"], again)}
    assert len(subjects) == 1, "the first reminder once more: no warning is skipped"


def test_a_refusal_of_ours_holds_every_letter_and_blames_no_customer(tmp_path: Path) -> None:
    company = book(tmp_path, ("C1", "C2"))
    has_a_night(company, FIRST)
    found = comes_back(company, bounce(sends(company, FIRST)["C1"], "5.7.26"))
    assert len(found.alerts) == 1 and "@" not in found.alerts[0]
    with closing(Outbox(url(company))) as outbox:
        assert "a mail server refuses us" in outbox.stopped_because()
        assert outbox.suppressions(ANSWERED_AT) == []


@pytest.mark.slow
def test_a_night_is_rebuilt_from_the_answers_that_it_knew(tmp_path: Path) -> None:
    company = book(tmp_path, ("C1",))
    has_a_night(company, FIRST)
    sent = sends(company, FIRST)["C1"]
    comes_back(company, answer(sent, "We have paid."))
    has_a_night(company, NIGHTS[0], is_whole=True)
    resolves(company, "C1", None, after(NIGHTS[0]) + timedelta(hours=5))
    comes_back(company, answer(sent, "And again."), now=after(NIGHTS[0]) + timedelta(hours=6))
    later = company.run(NIGHTS[0], now=after(NIGHTS[0]) + timedelta(days=9), settings=SETTINGS)
    assert replay(later, "E1", lambda _: None).differences == ()
    assert [row[0] for row in read(company.official(NIGHTS[0]), "decision", "reason_code")] == [
        "REPLY_PENDING"]


def test_a_letter_that_a_person_releases_is_not_a_machines(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(policy_file.POLICIES, policies)
    body = yaml.safe_load((policies / "standard.yaml").read_text(encoding="utf-8"))
    for step in body["steps"]:
        if step["step"] == "reminder_1":
            step["approval"] = {"by": "head_of_credit", "above": {"EUR": "500.00"}}
    (policies / "standard.yaml").write_text(yaml.safe_dump(body), encoding="utf-8")
    company = book(tmp_path, ("SMALL", "LARGE"))
    company.invoice("I-MORE", "900.00", DUE, "LARGE")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_file, "POLICIES", policies)
        has_a_night(company, FIRST, approvers={"head_of_credit": ["ana"]})
    engine = sqlalchemy.create_engine(url(company))
    with engine.connect() as connection:
        found = {row[0]: b"Auto-Submitted" in row[1] for row in connection.exec_driver_sql(
            "select customer_id, message from outbox")}
    engine.dispose()
    assert found == {"SMALL": True, "LARGE": False}
