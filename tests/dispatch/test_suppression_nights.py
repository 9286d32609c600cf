"""A bounced letter and the nights after it: another contact, then a person, and never silence."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company, after, read
from hostile_smtp import HostileServer, serving
from receivables import cli, night
from receivables.dispatch.dispatcher import DispatchReport
from receivables.dispatch.outbox import Outbox
from receivables.replay import replay
from seller import RELEASE

FIRST, SECOND, THIRD = (DAY - timedelta(days=days) for days in (8, 7, 6))
RELAY = {"mail": {"sink": False, "connection": "relay", "sender": "ar@seller.example"}}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    with serving(HostileServer()) as server:
        monkeypatch.setenv("AIRFLOW_CONN_RELAY", json.dumps({
            "conn_type": "smtp", "host": "127.0.0.1", "port": server.port,
            "extra": {"security": "none", "local_hostname": "localhost"},
        }))
        yield server


def owing(home: Path) -> Company:
    company = Company(home)
    company.customer("C-OTHER")  # so that the ERP is not without receipts
    company.invoice("I-OTHER", "1.00", "2026-02-01", "C-OTHER")
    company.payment("I-OTHER", "1.00", "2026-02-01")
    company.customer()
    company.add("contact", customer_id="C1", role="owner", email="owner@buyer.example")
    company.invoice("I1", "100.00", FIRST - timedelta(days=6))
    return company


def run_night(company: Company, day: date) -> int:
    return company.quick_night(day, release=RELEASE, settings=RELAY).drafted


def dispatch(company: Company, day: date) -> DispatchReport:
    run = company.run(settings=RELAY)
    return night.dispatch(
        run.settings, resolve=run.resolve, now=lambda: after(day) + timedelta(hours=7),
        progress=run.progress,
    )


def test_a_bounced_letter_goes_to_the_next_contact_and_then_to_a_person(
    tmp_path: Path, server: HostileServer
) -> None:
    company = owing(tmp_path)
    bad = company.rows["contact"][1]["email"]
    server.refused = {bad: "550 5.1.1 nobody"}

    assert run_night(company, FIRST) == 1
    assert dispatch(company, FIRST).failed == 1
    assert run_night(company, SECOND) == 1, "no step was taken: the same one, to somebody else"
    assert read(company.official(SECOND), "notice", "step, generation, recipient_role") == [
        ("reminder_1", 1, "owner")
    ]
    outbox = Outbox(f"sqlite:///{tmp_path / 'home' / 'outbox.sqlite'}")
    outbox.suppress(
        "owner@buyer.example", reason="bad_address", since=after(SECOND) + timedelta(hours=1),
        until=None, evidence="5.1.1",
    )
    assert dispatch(company, SECOND).withdrawn == 1 and server.mails == []

    assert run_night(company, THIRD) == 0
    third = company.official(THIRD)
    assert read(third, "work_list", "kind, reason_codes") == [("contact", "NO_CONTACT")]
    assert len(read(third, "suppressed_contact")) == 2

    outbox.close()


def test_a_replay_knows_what_was_suppressed_whatever_was_lifted_since(tmp_path: Path) -> None:
    company = owing(tmp_path)
    outbox = Outbox(f"sqlite:///{tmp_path / 'home' / 'outbox.sqlite'}")
    address = company.rows["contact"][1]["email"]
    outbox.suppress(
        address, reason="bad_address", since=after(DAY) - timedelta(hours=1), until=None,
        evidence="5.1.1",
    )
    company.night(DAY)
    assert read(company.official(), "notice", "recipient_role") == [("owner",)]
    outbox.lift_suppression(address, because="Ann called", now=after(DAY))
    outbox.close()
    run = company.run(DAY)
    assert replay(run, ENTITY, run.progress).differences == ()


def test_a_person_lists_and_lifts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    company = owing(tmp_path)
    words = ["--settings", str(company.settings(**RELAY).file)]
    outbox = Outbox(f"sqlite:///{tmp_path / 'home' / 'outbox.sqlite'}")
    outbox.suppress(
        "owner@buyer.example", reason="bad_address", since=after(DAY), until=None,
        evidence="550 5.1.1 at rcpt",
    )
    assert cli.main(["suppression", "list", *words]) == 0
    assert capsys.readouterr().out == (
        "owner@buyer.example: bad_address (550 5.1.1 at rcpt), since 2026-04-01, for good\n"
    )
    lift = ["suppression", "lift", "owner@buyer.example", "--because"]
    assert cli.main([*lift, " ", *words]) == 2, "a reason is a reason"
    assert cli.main([*lift, "Ann called: it works", *words]) == 0
    assert cli.main([*lift, "again", *words]) == 2, "nothing is left to lift"
    assert "owner@" not in capsys.readouterr().err
    assert cli.main(["suppression", "list", "--json", *words]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_stop_is_shown_fails_every_run_and_is_resumed_by_a_person(
    tmp_path: Path, server: HostileServer, capsys: pytest.CaptureFixture[str]
) -> None:
    company = owing(tmp_path)
    run_night(company, DAY)
    words = ["--settings", str(company.settings(**RELAY).file)]
    outbox = Outbox(f"sqlite:///{tmp_path / 'home' / 'outbox.sqlite'}")
    outbox.stop("2 of 5 canary letters were refused or bounced", now=after(DAY))
    assert cli.main(["dispatch", *words]) == 1
    assert "--resume REASON" in capsys.readouterr().err
    assert cli.main(["status", *words]) == 0
    assert "No letter leaves: stopped on 2026-04-01 02:00 UTC: 2 of 5" in capsys.readouterr().out
    assert cli.main(["dispatch", "--resume", "Ann: mended", *words]) == 0
    assert cli.main(["dispatch", "--resume", "Ann: again", *words]) == 2, "nothing is stopped"
