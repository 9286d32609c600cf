"""The relay: whom we talk to, and in private."""

from __future__ import annotations

import ssl
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from certificates import NOW, Authority, authority, server_context
from drafts import MORNING, long_text, make_draft
from hostile_smtp import DROP, SILENCE, SILENCE_SECONDS, HostileServer, serving
from letters import composed, make_letter
from receivables.dispatch.dispatcher import DispatchReport, dispatch
from receivables.dispatch.letter import render
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.relay import Relay, Timeouts
from receivables.errors import SettingsError

IMPATIENT = Timeouts(connect=2, command=2, final=2)


@pytest.fixture
def box(tmp_path: Path) -> Outbox:
    outbox = Outbox(f"sqlite:///{tmp_path / 'outbox.sqlite'}")
    outbox.draft([make_draft(1), make_draft(2)])
    return outbox


def run(outbox: Outbox, relay: Relay) -> DispatchReport:
    return dispatch(
        outbox, relay=relay, now=lambda: MORNING, progress=lambda _: None,
        kill_switch=lambda: False, pause=lambda _: None,
    )


def secured(server: HostileServer, security: str, **more: object) -> Relay:
    return Relay(
        host="127.0.0.1", port=server.port, security=security, timeouts=IMPATIENT,
        local_hostname="localhost", **more,
    )


BAD_CERTIFICATES: list[tuple[Callable[[Path, Authority], ssl.SSLContext], str]] = [
    (lambda folder, _: server_context(folder, None), "signed by itself"),
    (lambda folder, _: server_context(folder, authority()), "signed by a stranger"),
    (lambda folder, a: server_context(folder, a, host="mail.other.example"), "another's name"),
    (lambda folder, a: server_context(folder, a, until=NOW - timedelta(days=2)), "expired"),
    (lambda folder, a: server_context(folder, a, since=NOW + timedelta(hours=9)), "not valid yet"),
    (lambda folder, a: server_context(folder, a, is_weak=True), "a key that can be broken"),
]


@pytest.mark.parametrize("security", ["starttls", "ssl"])
@pytest.mark.parametrize(
    ("certificate", "because"), BAD_CERTIFICATES, ids=[row[1] for row in BAD_CERTIFICATES]
)
def test_a_bad_certificate_stops_the_run_with_no_letter_sent(
    box: Outbox,
    tmp_path: Path,
    security: str,
    certificate: Callable[[Path, Authority], ssl.SSLContext],
    because: str,
) -> None:
    ours = authority()
    context = certificate(tmp_path, ours)
    server = HostileServer(**{"starttls" if security == "starttls" else "tls": context})
    with serving(server):
        report = run(box, secured(server, security, ca_file=ours.file(tmp_path)))
    assert "SSLCertVerificationError" in str(report.stopped_because), because
    assert server.mails == [] and server.connections == 1, "no second try, and never in the clear"
    assert box.counts() == {"released": 2}


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_good_certificate_carries_letters_and_login(
    box: Outbox, tmp_path: Path, security: str
) -> None:
    ours = authority()
    context = server_context(tmp_path, ours)
    server = HostileServer(**{"starttls" if security == "starttls" else "tls": context})
    with serving(server):
        relay = secured(
            server, security, ca_file=ours.file(tmp_path), user="apikey", password="s3cret"
        )
        report = run(box, relay)
    assert (report.sent, report.stopped_because) == (2, None)
    assert {m.content for m in server.mails} == {make_draft(1).message, make_draft(2).message}


@pytest.mark.parametrize(
    ("faults", "state"), [({"dot": DROP}, "unknown"), ({"body": DROP}, "released")]
)
def test_a_line_lost_under_tls_is_lost_as_clearly(
    tmp_path: Path, faults: dict[str, str], state: str
) -> None:
    box = Outbox(f"sqlite:///{tmp_path / 'outbox.sqlite'}")
    box.draft([make_draft(n, **(long_text() if "body" in faults else {})) for n in range(2)])
    ours = authority()
    server = HostileServer(faults=faults, tls=server_context(tmp_path, ours))
    with serving(server):
        run(box, secured(server, "ssl", ca_file=ours.file(tmp_path)))
    assert box.counts() == {state: 2}


def test_an_answer_before_the_dot_is_seen_under_tls_too(box: Outbox, tmp_path: Path) -> None:
    ours = authority()
    server = HostileServer(early="\r\n250 2.0.0 taken", tls=server_context(tmp_path, ours))
    with serving(server):
        run(box, secured(server, "ssl", ca_file=ours.file(tmp_path)))
    assert box.counts() == {"released": 2} and server.mails == []


def test_a_relay_without_starttls_gets_nothing_in_the_clear(box: Outbox) -> None:
    with serving(HostileServer()) as server:
        report = run(box, secured(server, "starttls", user="u", password="s3cret"))
    assert "SMTPNotSupportedError" in str(report.stopped_because)
    assert server.mails == [] and server.connections == 1


@pytest.mark.parametrize(
    ("reply", "connections", "because"),
    [
        ("535 5.7.8 wrong", 1, "a wrong password tried again locks the account"),
        ("454 4.7.0 later", 3, "a login that cannot be checked just now"),
    ],
)
def test_a_refused_login_stops_the_run(
    box: Outbox, reply: str, connections: int, because: str
) -> None:
    with serving(HostileServer(faults={"auth": reply})) as server:
        report = run(box, secured(server, "none", user="u", password="s3cret"))
    assert report.stopped_because is not None and "s3cret" not in report.stopped_because
    assert server.connections == connections, because
    assert box.counts() == {"released": 2}


@pytest.mark.parametrize(
    ("wishes", "fault", "because"),
    [
        ({"host": "mail.example.com", "security": "none"}, "this machine", "letters in the clear"),
        ({"host": "10.0.0.5", "security": "none"}, "this machine", "a private network is one too"),
        ({"host": "127.0.0.1.evil.example", "security": "none"}, "this machine", "a false friend"),
        ({"host": "mail.example.com", "security": "tls"}, "security", "no such word"),
        ({"host": "mail.example.com", "user": "u"}, "password", "yagmail would ask the keyring"),
        ({"host": "mail.example.com", "password": "p"}, "user", "whose password?"),
    ],
)
def test_a_relay_that_cannot_be_meant_is_refused(
    wishes: dict[str, str], fault: str, because: str
) -> None:
    with pytest.raises(SettingsError, match=fault):
        Relay(**({"port": 587, "security": "starttls"} | wishes))


def test_the_answer_to_the_dot_has_a_wait_of_its_own(box: Outbox) -> None:
    assert Timeouts() == Timeouts(connect=30, command=300, final=600), "RFC 5321, 4.5.3.2"
    with serving(HostileServer(faults={"dot": SILENCE}, strikes=1)) as server:
        relay = replace(secured(server, "none"), timeouts=Timeouts(final=0.2))
        started = time.monotonic()
        report = run(box, relay)
    assert (report.unknown, report.sent) == (1, 1)
    assert time.monotonic() - started < SILENCE_SECONDS


def test_a_relay_never_shows_its_password() -> None:
    relay = Relay(host="m.example", port=587, security="starttls", user="u", password="s3cret")
    assert "s3cret" not in repr(relay)


def test_a_dispatcher_talks_to_the_relay_and_to_nobody_else(tmp_path: Path) -> None:
    """Whatever stands in a letter: no picture, style sheet or address of it is fetched or looked up."""
    asked: list[tuple[str, str]] = []
    listening = [True]

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if listening[0] and event == "socket.connect":
            host, port, *_ = arguments[1]
            asked.append((host, str(port)))
        if listening[0] and event in ("socket.getaddrinfo", "socket.gethostbyname"):
            asked.append((str(arguments[0]), str(arguments[1])))

    sys.addaudithook(hear)
    outbox = Outbox(f"sqlite:///{tmp_path / 'outbox.sqlite'}")
    hostile = replace(make_letter(), customer_name="<link href=http://127.0.0.1:9/x><img src=//evil.example>")
    outbox.draft([make_draft(1, message=composed(render(hostile)), message_id="<1@seller.example>")])
    server = HostileServer()
    with serving(server):
        report = run(outbox, secured(server, "none"))
        listening[0] = False
    assert report.sent == 1
    assert set(asked) == {("127.0.0.1", str(server.port))}

