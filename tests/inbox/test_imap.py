"""Mails on an IMAP server: nothing is moved before it is recorded, and nothing travels unproved."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from certificates import authority, server_context
from imap_server import PASSWORD, ImapServer, serving
from mailroom import Mailroom, report
from receivables.connections import Connection
from receivables.errors import SettingsError, TransientError
from receivables.inbox import message


@pytest.fixture
def imap_room(mailroom: Mailroom) -> Mailroom:
    mailroom.mail = {"inbox": "receivables_imap"}
    return mailroom


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    folder = tmp_path_factory.mktemp("certificates")
    ours = authority()
    return server_context(folder, ours), ours.file(folder)


def outside(server: ImapServer, ca_file: Path | None, **changes: Any) -> dict[str, Any]:
    extra = {} if ca_file is None else {"ca_file": str(ca_file)}
    stated = {
        "id": "receivables_imap", "kind": "imap", "host": "127.0.0.1", "port": server.port,
        "login": "ar", "password": PASSWORD, "extra": extra | changes.pop("extra", {}),
    }
    return {"resolve": lambda name: Connection(**(stated | changes))}


def mails(room: Mailroom) -> dict[int, bytes]:
    return {
        4: room.fixture("reply_gmail"), 7: room.fixture("postfix_delayed"),
        9: room.filled(report("5.1.1")),
    }


def test_what_is_recorded_is_moved_and_what_is_not_stays(imap_room, trusted) -> None:
    with serving(ImapServer(mails(imap_room)), trusted[0]) as server:
        found = imap_room.read(**outside(server, trusted[1]))
    assert found.kinds == {"bounce": 1, "delay": 1, "reply": 1}
    assert sorted(server.moved) == [4, 7, 9] and server.inbox == {}
    assert imap_room.state() == "failed"
    assert not [told for told in server.commands if "STORE" in told], "no mark is set"


DROPS = [
    # at | of times | recorded | moved | because
    ("UID FETCH", 2, 1, 1, "while the second mail is fetched"),
    ("UID MOVE", 2, 2, 1, "recorded, and not moved yet"),
    ("LOGIN", 1, 0, 0, "before anything"),
]


@pytest.mark.parametrize(("at", "times", "recorded", "moved", "because"), DROPS, ids=[r[-1] for r in DROPS])
def test_a_line_that_is_lost_loses_nothing_and_doubles_nothing(
    imap_room, trusted, at: str, times: int, recorded: int, moved: int, because: str
) -> None:
    everything = mails(imap_room)
    dropping = ImapServer(dict(everything), drops_at=at, drops_after=times)
    with serving(dropping, trusted[0]) as server, pytest.raises(TransientError):
        imap_room.read(**outside(server, trusted[1]))
    assert len(imap_room.rows("select 1 from inbound_message")) == recorded, because
    assert len(server.moved) == moved, because
    with serving(ImapServer(server.inbox), trusted[0]) as server:
        found = imap_room.read(**outside(server, trusted[1]))
    assert found.again == recorded - moved, because
    assert len(imap_room.rows("select 1 from inbound_message")) == len(everything)
    assert server.inbox == {}


def test_a_mail_too_large_is_fetched_in_part_and_the_others_go_on(
    imap_room, trusted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message, "OCTETS_MAX", 5000)
    monkeypatch.setattr("receivables.inbox.imap.OCTETS_MAX", 5000)
    everything = mails(imap_room) | {1: imap_room.fixture("stranger") + b"x" * 9000}
    with serving(ImapServer(everything), trusted[0]) as server:
        found = imap_room.read(**outside(server, trusted[1]))
    assert found.kinds["unreadable"] == 1 and found.kinds["bounce"] == 1
    [(size,)] = [(file.stat().st_size,) for file in imap_room.home.rglob("kept/*/*.eml")
                 if file.stat().st_size > 5000]
    assert size == 5001


REFUSED = [
    # connection | certificate | because
    ({"password": "guessed"}, "good", "the login is refused"),
    ({"extra": {"security": "none"}}, "good", "mails never travel in the clear"),
    ({"host": None}, "good", "no server"),
    ({"extra": {"folder": "Missing"}}, "good", "no such folder"),
    ({}, "self-signed", "anybody could have signed it"),
    ({}, "other host", "it is of another server"),
    ({}, "unknown authority", "nobody vouches for it"),
    ({}, "no move", "a server that cannot move"),
]


@pytest.mark.parametrize(("changes", "certificate", "because"), REFUSED, ids=[r[-1] for r in REFUSED])
def test_what_no_retry_can_help_is_said_and_tells_no_secret(
    imap_room, tmp_path: Path, trusted, changes: dict[str, Any], certificate: str, because: str
) -> None:
    ours = authority()
    tls, ca_file = {
        "self-signed": (lambda: server_context(tmp_path, None), ours),
        "other host": (lambda: server_context(tmp_path, ours, host="mail.example"), ours),
        "unknown authority": (lambda: server_context(tmp_path, authority()), ours),
    }.get(certificate, (lambda: trusted[0], None))
    file = trusted[1] if ca_file is None else ca_file.file(tmp_path)
    capability = "IMAP4rev1" if certificate == "no move" else "IMAP4rev1 MOVE"
    server = ImapServer(mails(imap_room), capability=capability)
    with serving(server, tls()), pytest.raises(SettingsError) as refused:
        imap_room.read(**outside(server, file, **changes))
    assert PASSWORD not in str(refused.value) and "guessed" not in str(refused.value), because
    assert imap_room.rows("select 1 from inbound_message") == [], because
    assert server.moved == {}, because
