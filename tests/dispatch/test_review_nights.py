"""A letter whose fate nobody knows, through whole nights: its case waits for a person's word."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from company import DAY, Company, after, read
from hostile_smtp import HostileServer, serving
from receivables import night
from receivables.cli import main
from receivables.connections import connection
from receivables.dispatch.outbox import Outbox
from receivables.errors import SettingsError
from receivables.review import Reviewer
from seller import RELEASE, copied

WEEK = DAY + timedelta(days=8)
MORNING = after(DAY) + timedelta(hours=7)


def decision(company: Company, day: date) -> tuple[object, ...]:
    [row] = read(company.official(day), "decision", "outcome, step, reason_code")
    return row


def letters(company: Company) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as outbox:
        return outbox.execute("select step, generation, state from outbox order by 1, 2").fetchall()


def owing(home: Path) -> Company:
    """An item whose first reminder was drafted."""
    company = Company(home)
    company.customer()
    company.invoice("I1", "100", DAY - timedelta(days=4))
    company.customer("OTHER")
    company.invoice("SETTLED", "10", DAY - timedelta(days=20), "OTHER")
    company.payment("SETTLED", "10", DAY - timedelta(days=1))
    assert company.quick_night(release=RELEASE).drafted == 1
    return company


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """An item whose first reminder was handed over, no answer came, and its next step is due."""
    home = tmp_path_factory.mktemp("in_doubt")
    company = owing(home)
    with closing(Outbox(f"sqlite:///{home / 'home' / 'outbox.sqlite'}")) as outbox:
        claim = outbox.claim(now=MORNING, lease=timedelta(minutes=15), token="t")
        assert claim is not None and outbox.arm(claim.notice_id, token="t", now=MORNING)
        assert outbox.mark_unknown(claim.notice_id, token="t", now=MORNING, reply="lost")
    company.quick_night(WEEK, release=RELEASE)
    assert decision(company, WEEK) == ("review", "reminder_2", "DELIVERY_UNKNOWN")
    assert letters(company) == [("reminder_1", 0, "unknown")]
    return company


ANSWERS = [
    # the person's word | the decision a night later | letters | because
    ("mark_sent", ("selected", "reminder_2", "STEP_DUE"),
     [("reminder_1", 0, "sent"), ("reminder_2", 0, "released")], "it went: the case climbs"),
    ("cancel", ("selected", "reminder_1", "STEP_DUE"),
     [("reminder_1", 0, "withdrawn"), ("reminder_1", 1, "released")],
     "it did not go: its step is written anew"),
]


@pytest.mark.parametrize(
    ("answer", "decided", "outbox", "because"), ANSWERS, ids=[row[-1] for row in ANSWERS]
)
def test_a_case_waits_until_a_person_says_what_became_of_its_letter(
    tmp_path: Path, waiting: Company, answer: str, decided: tuple[object, ...],
    outbox: list[tuple[object, ...]], because: str,
) -> None:
    company = copied(waiting, tmp_path)
    run = company.run()
    reviewer = Reviewer(run.settings, run.resolve, by="ana", now=after(WEEK) + timedelta(hours=7))
    [letter] = reviewer.unknown()
    getattr(reviewer, answer)(letter.notice_id, because="the relay's log")
    tomorrow = WEEK + timedelta(days=1)
    company.quick_night(tomorrow, release=RELEASE)
    assert decision(company, tomorrow) == decided, because
    assert letters(company) == outbox, because


def test_the_commands_tell_and_record(
    tmp_path: Path, waiting: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    company = copied(waiting, tmp_path)
    settings = ["--settings", str(company.settings().file)]
    assert main(["status", *settings]) == 0
    assert "receivables review list: nobody knows the fate of 1 letters" in capsys.readouterr().out
    assert main(["review", "list", "--json", *settings]) == 0
    [letter] = json.loads(capsys.readouterr().out)
    assert letter["customer_id"] == "C1" and "@buyer" not in json.dumps(letter)
    log = tmp_path / "mail.log"
    log.write_text(f"{letter['message_id']} status=sent\n", encoding="utf-8")
    assert main(["review", "match", str(log), *settings]) == 0
    assert "--apply marks it sent" in capsys.readouterr().out
    assert letters(company) == [("reminder_1", 0, "unknown")], "it was only asked"
    assert main(["review", "match", str(log), "--apply", "--by", "ana", *settings]) == 0
    assert letters(company) == [("reminder_1", 0, "sent")]
    with closing(sqlite3.connect(tmp_path / "home" / "outbox.sqlite")) as outbox:
        [(reply,)] = outbox.execute("select last_reply from outbox").fetchall()
    assert reply == "sent, says ana: status=sent in mail.log, line 1"
    assert main(["review", "cancel", letter["notice_id"], "--because", "no", *settings]) == 2
    assert "no letter whose fate is unknown" in capsys.readouterr().err


def test_an_outbox_restored_from_a_backup_sends_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the settings to the wire: the backup was taken after the night, before its letters."""
    company = owing(tmp_path)
    outbox = tmp_path / "home" / "outbox.sqlite"
    backup = sqlite3.connect(tmp_path / "backup.sqlite")
    with closing(backup), closing(sqlite3.connect(outbox)) as living:
        living.backup(backup)
    mail = {"sink": False, "connection": "relay", "journal_address": "letters@seller.example"}
    settings = company.settings(mail=mail)

    def dispatch() -> int:
        return night.dispatch(
            settings, resolve=lambda name: connection(name, os.environ), now=lambda: MORNING,
            progress=lambda _: None,
        ).sent

    with serving(HostileServer()) as server:
        monkeypatch.setenv("AIRFLOW_CONN_RELAY", json.dumps({
            "conn_type": "smtp", "host": "127.0.0.1", "port": server.port,
            "extra": {"security": "none", "local_hostname": "localhost"}}))
        assert dispatch() == 1
        for file in outbox.parent.glob("outbox.sqlite*"):
            file.unlink()
        shutil.copy(tmp_path / "backup.sqlite", outbox)
        with pytest.raises(SettingsError, match="at least 1 letters that may have left"):
            dispatch()
        word = ["review", "restore", "--because", "the disk died", "--by", "ana"]
        assert main([*word, "--settings", str(settings.file)]) == 0
        assert "letters recorded as unknown: 1" in capsys.readouterr().out
        assert letters(company) == [("reminder_1", 0, "unknown")]
        assert dispatch() == 0
        (settings.home / "dispatch.journal").unlink()
        with pytest.raises(SettingsError, match="missing"):
            dispatch()
        assert main([*word, "--settings", str(settings.file)]) == 0
        assert "entries written to the journal: 1" in capsys.readouterr().out
        assert dispatch() == 0
    assert [(mail.recipient, mail.cc) for mail in server.mails] == [
        ("payable1@buyer.example", "letters@seller.example")]
