"""Mails in an IMAP folder: fetched without a mark, and moved away once they are recorded.

The standard library's client does all that this asks of a server. The usual library above it parses
each mail while it fetches it, and one mail that is made to break a parser would end the fetching.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from receivables.connections import Connection
from receivables.dispatch.relay import verified_tls
from receivables.errors import SettingsError, TransientError
from receivables.inbox.arrival import Arrival
from receivables.inbox.message import OCTETS_MAX

PORT, TIMEOUT_SECONDS = 993, 60
SECURITIES = ("ssl", "starttls")


def fetched(connection: Connection) -> Iterator[Arrival]:
    """The mails in the connection's folder (extra `folder`: INBOX), each moved to its extra
    `recorded_folder` (Receivables) when it is taken away.

    Raises SettingsError if no retry can help (login, certificate, folder), else TransientError.
    """
    with _plain_errors(connection):
        client = _logged_in(connection)
        try:
            yield from _arrivals(client, connection)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()


@contextmanager
def _plain_errors(connection: Connection) -> Iterator[None]:
    """What went wrong, and who must act, without the server's words: they may repeat what we sent.
    """
    name = f"connection {connection.id}"
    try:
        yield
    except ssl.SSLError as refused:
        raise SettingsError([f"{name}: {type(refused).__name__}; correct the server's certificate "
                             "or `ca_file`; nothing was read"]) from None
    except (OSError, imaplib.IMAP4.abort) as lost:
        raise TransientError(f"{name}: {type(lost).__name__}; try again later") from None
    except imaplib.IMAP4.error:
        raise TransientError(f"{name}: the server refused a command; try again later") from None


def _logged_in(connection: Connection) -> imaplib.IMAP4:
    security = connection.extra.get("security", "ssl")
    if not connection.host or security not in SECURITIES:
        raise SettingsError([f"connection {connection.id}: give a host, and as extra `security` "
                             f"one of {', '.join(SECURITIES)}: mails never travel in the clear"])
    ca_file = connection.extra.get("ca_file")
    tls = verified_tls(Path(ca_file) if ca_file else None)
    where = {"host": connection.host, "port": connection.port or PORT, "timeout": TIMEOUT_SECONDS}
    if security == "ssl":
        client: imaplib.IMAP4 = imaplib.IMAP4_SSL(**where, ssl_context=tls)
    else:
        client = imaplib.IMAP4(**where)
        client.starttls(ssl_context=tls)
    try:
        client.login(connection.login or "", connection.password or "")
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        client.shutdown()
        raise SettingsError([f"connection {connection.id}: the login was refused"]) from None
    return client


def _arrivals(client: imaplib.IMAP4, connection: Connection) -> Iterator[Arrival]:
    folder, recorded = (
        _quoted(connection.extra.get(name, default))
        for name, default in (("folder", "INBOX"), ("recorded_folder", "Receivables"))
    )
    if "MOVE" not in client.capabilities and "MOVE" not in _capabilities(client):
        raise SettingsError([
            f"connection {connection.id}: the server cannot move mails (RFC 6851)"
        ])
    client.create(recorded)  # a no means that it is there
    if client.select(folder)[0] != "OK":
        raise SettingsError([f"connection {connection.id}: there is no folder {folder}"])
    _, found = client.uid("SEARCH", "ALL")
    for uid in (found[0] or b"").decode().split():
        _, answer = client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{OCTETS_MAX + 1}>)")
        raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
        if raw is not None:  # somebody else may have moved it meanwhile
            yield Arrival(raw, lambda uid=uid: _move(client, connection, uid, recorded))


def _capabilities(client: imaplib.IMAP4) -> tuple[str, ...]:
    """What the server can do once it knows who asks."""
    _, answer = client.capability()
    return tuple((answer[0] or b"").decode().upper().split())


def _move(client: imaplib.IMAP4, connection: Connection, uid: str, folder: str) -> None:
    with _plain_errors(connection):
        if client.uid("MOVE", uid, folder)[0] != "OK":
            raise imaplib.IMAP4.abort("a mail could not be moved")


def _quoted(folder: object) -> str:
    return '"' + str(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
