"""Threads and copies: what a step of the policy says of a letter's place in the mailbox."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy
import yaml
from company import Company
from drafts import MORNING, make_draft, minutes
from hostile_smtp import HostileServer, Mail, serving
from receivables.dispatch.notice import Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.thread import ThreadItem, thread_of
from receivables.publish.report import PublishReport
from receivables.select import policy_file
from seller import RELEASE, SETTINGS
from test_dispatcher import relay_to, run

SALES = "sales@seller.example"
LADDER = [
    # night | step | goes on with the letter of | because
    (date(2026, 3, 4), "pre_due_notice", None, "nothing was written before"),
    (date(2026, 3, 15), "reminder_1", None, "it is no notice before the due date any more"),
    (date(2026, 3, 22), "reminder_2", "reminder_1", "it reminds of the same"),
    (date(2026, 4, 12), "demand", None, "a formal demand must not be overlooked"),
]
COPIES = [
    # customer | salesperson's address | who gets a copy | because
    ("C1", SALES, SALES, "as the policy wants"),
    ("C2", "Sales <x@y>, all@evil.example", "", "that is no one plain address"),
    ("C3", "", "", "nobody looks after the customer"),
]


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Mail]:
    """What the mail server took of a ladder whose letters are all copied, by customer and step."""
    home = tmp_path_factory.mktemp("ladder")
    company = _company(home)
    taken: dict[tuple[str, str], Mail] = {}
    with pytest.MonkeyPatch.context() as patch, serving(HostileServer()) as server:
        patch.setattr(policy_file, "POLICIES", _policies_with_copies(home / "policies"))
        for day, step, *_ in LADDER:
            _night(company, day)
            _send(company, server, day)
            for mail in server.mails:
                taken.setdefault((_customer(mail), step), mail)
            server.mails.clear()
    return taken


def _company(home: Path) -> Company:
    company = Company(home)
    for number, (customer_id, address, *_) in enumerate(COPIES, start=1):
        company.customer(customer_id, salesperson_email=address)
        company.invoice(f"I{number}", "100.00", "2026-03-11", customer_id)
    return company


def _night(company: Company, day: date) -> PublishReport:
    """A night of a day on which somebody paid, for else the bank would be asked."""
    company.invoice(f"P{day}", "1.00", day)
    company.payment(f"P{day}", "1.00", day)
    return company.quick_night(day, settings=SETTINGS, release=RELEASE)


def _policies_with_copies(folder: Path) -> Path:
    shutil.copytree(policy_file.POLICIES, folder)
    body = yaml.safe_load((folder / "standard.yaml").read_text(encoding="utf-8"))
    for step in body["steps"]:
        if step["channel"] == "email":
            step["cc"] = ["salesperson"]
    (folder / "standard.yaml").write_text(yaml.safe_dump(body), encoding="utf-8")
    return folder


def _send(company: Company, server: HostileServer, day: date) -> None:
    with closing(Outbox(f"sqlite:///{company.home / 'home' / 'outbox.sqlite'}")) as outbox:
        run(outbox, relay_to(server), datetime.combine(day + timedelta(days=1), time(9), UTC))


def _customer(mail: Mail) -> str:
    return f"C{mail.recipient.removeprefix('payable').partition('@')[0]}"


def _parsed(mail: Mail) -> EmailMessage:
    message = message_from_bytes(mail.content, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize(("day", "step", "before", "because"), LADDER, ids=[r[1] for r in LADDER])
def test_a_letter_goes_on_with_a_thread_or_starts_one(
    ladder: dict[tuple[str, str], Mail], day: date, step: str, before: str | None, because: str
) -> None:
    letter = _parsed(ladder["C1", step])
    if before is None:
        assert letter["In-Reply-To"] is None and letter["References"] is None, because
        subjects = [_parsed(ladder["C1", other])["Subject"] for _, other, *_ in LADDER
                    if other not in (step, "reminder_2")]
        assert letter["Subject"] not in subjects, because
        return
    root = _parsed(ladder["C1", before])
    assert letter["In-Reply-To"] == letter["References"] == root["Message-ID"], because
    assert letter["Subject"] == root["Subject"], because
    assert letter["Message-ID"] != root["Message-ID"]


@pytest.mark.parametrize(
    ("customer_id", "address", "copied", "because"), COPIES, ids=[row[-1] for row in COPIES]
)
def test_a_salesperson_gets_a_copy_that_the_customer_sees(
    ladder: dict[tuple[str, str], Mail], customer_id: str, address: str, copied: str, because: str
) -> None:
    mail = ladder[customer_id, "pre_due_notice"]
    assert mail.cc == copied, because
    assert _parsed(mail).get_all("Cc", []) == ([copied] if copied else []), because
    assert _parsed(mail)["To"] == mail.recipient != copied


def test_a_copy_that_cannot_go_is_written_down_and_counted(tmp_path: Path) -> None:
    company = _company(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_file, "POLICIES", _policies_with_copies(tmp_path / "policies"))
        report = _night(company, date(2026, 3, 4))
    assert (report.drafted, report.uncopied) == (3, 2)
    assert report.sentence.endswith("2 without a salesperson to copy")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'home' / 'outbox.sqlite'}")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select customer_id, cc, reply from outbox join delivery_event using (notice_id) "
            "order by customer_id"
        ).fetchall()
    engine.dispose()
    assert [row[1] for row in rows] == [SALES, None, None]
    assert rows[0][2] is None
    for row in rows[1:]:
        assert row[2].startswith(f"no copy: salesperson of customer {row[0]}: the e-mail address")
        assert "evil" not in row[2], "an address is personal data"


def sent(invoice_id: str, root: str, hours: int = 0, recipient: str = "a@x.example") -> ThreadItem:
    return ThreadItem("C1", recipient, invoice_id, 1, MORNING + timedelta(hours=hours), root, root)


THREADS = [
    # sent before | items of the letter | thread | because
    ([], ["I1"], None, "the first letter"),
    ([sent("I1", "one")], ["I1"], "one", "the same item"),
    ([sent("I1", "one")], ["I1", "I2"], "one", "one item in common is enough"),
    ([sent("I1", "one")], ["I2"], None, "another debt"),
    ([sent("I1", "one"), sent("I1", "two", 1)], ["I1"], "two", "a newer thread took its place"),
    ([sent("I1", "one", 1), sent("I2", "two")], ["I1", "I2"], "one", "the newest of several"),
    ([sent("I1", "one", recipient="b@x.example")], ["I1"], None, "in another mailbox"),
]


@pytest.mark.parametrize(
    ("before", "invoices", "root", "because"), THREADS, ids=[row[-1] for row in THREADS]
)
def test_which_thread_a_letter_goes_on_with(
    before: list[ThreadItem], invoices: list[str], root: str | None, because: str
) -> None:
    items = frozenset((invoice, 1) for invoice in invoices)
    found = thread_of(before, recipient="a@x.example", items=items)
    assert (found and found.thread_id) == root, because


def test_only_what_was_sent_has_a_thread_and_its_root_is_the_first_letter(outbox: Outbox) -> None:
    drafts = [make_draft(1, thread_id="<root@seller.example>"), make_draft(2), make_draft(3)]
    outbox.draft(drafts)
    for token in ("one", "two"):
        claim = outbox.claim(now=MORNING, lease=minutes(15), token=token)
        assert isinstance(claim, Claim)
        assert outbox.arm(claim.notice_id, token=token, now=MORNING)
        if claim.customer_id != "C3":
            outbox.mark_sent(claim.notice_id, token=token, now=MORNING, reply="250")
    found = outbox.thread_items("DE01", ["I1", "I2", "I3", *(f"N{n}" for n in range(1000))])
    states = {row.customer_id: row.thread_id for row in found}
    roots = {"C1": "<root@seller.example>", "C2": drafts[1].message_id}
    assert states and states.items() <= roots.items(), "without one it is the letter's own"
    assert outbox.thread_items("DE02", ["I1", "I2"]) == [], "of the same legal entity"


def test_an_outbox_of_an_older_version_gets_the_columns(outbox_url: str) -> None:
    with closing(Outbox(outbox_url)) as older:
        older.draft([make_draft(1)])
        with older._engine.begin() as connection:
            for column in ("cc", "thread_id"):
                connection.exec_driver_sql(f"alter table outbox drop column {column}")
    with closing(Outbox(outbox_url)) as newer:
        newer.draft([make_draft(2, cc=SALES)])
        claims = [newer.claim(now=MORNING, lease=minutes(15), token=t) for t in ("one", "two")]
    assert {claim.customer_id: claim.cc for claim in claims if claim} == {"C1": None, "C2": SALES}
