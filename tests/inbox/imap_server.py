"""A small IMAP server (RFC 3501, MOVE of RFC 6851) over TLS, which breaks in a chosen way."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PASSWORD = "open sesame"


@dataclass
class ImapServer:
    """`inbox` is what lies there, by UID; `drops_at` names the command at whose `drops_after`th
    time the line is dropped. What was fetched, marked or moved is written down.
    """

    inbox: dict[int, bytes]
    moved: dict[int, bytes] = field(default_factory=dict)
    capability: str = "IMAP4rev1 MOVE"
    drops_at: str = ""
    drops_after: int = 1
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def counts(self, command: str) -> int:
        return sum(told.startswith(command) for told in self.commands)


@contextmanager
def serving(server: ImapServer, tls: ssl.SSLContext) -> Iterator[ImapServer]:
    listening = socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=_serve, args=(server, connection, tls), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _serve(server: ImapServer, connection: socket.socket, tls: ssl.SSLContext) -> None:
    try:
        with tls.wrap_socket(connection, server_side=True) as secured:
            _Session(server, secured).run()
    except OSError:
        pass
    finally:
        connection.close()


class _Session:
    def __init__(self, server: ImapServer, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.is_known = False

    def say(self, text: str) -> None:
        self.connection.sendall(text.encode() + b"\r\n")

    def run(self) -> None:
        self.say("* OK ready")
        for line in self.connection.makefile("rb"):
            tag, _, command = line.decode().strip().partition(" ")
            self.server.commands.append(command)
            if self.server.drops_at and command.startswith(self.server.drops_at) and (
                self.server.counts(self.server.drops_at) >= self.server.drops_after
            ):
                return
            answer = self.answer(command)
            self.say(f"{tag} {answer}")
            if command == "LOGOUT":
                return

    def answer(self, command: str) -> str:
        if command == "CAPABILITY":
            self.say(f"* CAPABILITY {self.server.capability}")
        elif command.startswith("LOGIN"):
            self.is_known = PASSWORD in command
            return "OK in" if self.is_known else "NO [AUTHENTICATIONFAILED] who are you"
        elif command == "LOGOUT":
            self.say("* BYE")
        elif not self.is_known:
            return "BAD log in first"
        elif command.startswith("SELECT"):
            if "INBOX" not in command:
                return "NO no such folder"
            self.say(f"* {len(self.server.inbox)} EXISTS")
            return "OK [READ-WRITE] selected"
        elif command == "UID SEARCH ALL":
            self.say("* SEARCH " + " ".join(map(str, sorted(self.server.inbox))))
        elif found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            self.fetch(int(found.group(1)), int(found.group(2)))
        elif found := re.fullmatch(r'UID MOVE (\d+) "Receivables"', command):
            uid = int(found.group(1))
            self.server.moved[uid] = self.server.inbox.pop(uid)
        elif not command.startswith("CREATE"):
            return "BAD what?"
        return "OK done"

    def fetch(self, uid: int, octets: int) -> None:
        content = self.server.inbox.get(uid, b"")[:octets]
        if content:
            self.connection.sendall(
                f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode()
                + content + b")\r\n"
            )
