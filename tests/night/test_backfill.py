"""Nights of the past, run late or run again, write to nobody and call nobody.

RECEIVABLES_TEST_NIGHTS is how many of either kind there are.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from company import DAY, Company
from receivables import cli
from seller import RELEASE, SETTINGS
from traces import letters

NIGHTS = int(os.environ.get("RECEIVABLES_TEST_NIGHTS", 2))


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A mail relay that listens; nobody is served, but the queue tells whether somebody called."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        url = f"smtp://127.0.0.1:{port}/?security=none"
        monkeypatch.setenv("AIRFLOW_CONN_RELAY", url)
        yield listening


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whom this process tries to call over the network."""
    called: list[Any] = []
    connect = socket.socket.connect

    def recorded(self: socket.socket, address: Any) -> None:
        called.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", recorded)
    return called


def run_night(company: Company, day: date, *words: str) -> None:
    file = company.home / "settings.yaml"
    asked = ["night", "--as-of", str(day), "--settings", str(file), *words]
    assert cli.main(asked) == 0


def is_called(relay: socket.socket) -> bool:
    relay.setblocking(False)
    try:
        relay.accept()
    except BlockingIOError:
        return False
    return True


@pytest.mark.slow
def test_nights_of_the_past_draft_nothing_and_call_nobody(
    company: Company, relay: socket.socket, calls: list[Any]
) -> None:
    company.night(DAY + timedelta(days=1), release=RELEASE, settings=SETTINGS)
    company.settings(**SETTINGS, mail={"sink": False, "connection": "relay"})
    before = letters(company)
    assert len(before) >= 6
    for number in range(1, NIGHTS + 1):
        as_if_live = ("--release", RELEASE) if number % 2 else ()
        run_night(company, DAY - timedelta(days=number), *as_if_live)
        run_night(company, DAY + timedelta(days=number % 2), "--release", RELEASE)
    assert letters(company) == before
    assert calls == [] and not is_called(relay)


def test_the_guard_sees_a_call(relay: socket.socket, calls: list[Any]) -> None:
    with socket.create_connection(relay.getsockname()):
        assert calls == [relay.getsockname()] and is_called(relay)
