"""An SMTP server that breaks in a chosen way, and keeps a book of the mails that it took.

It records a mail the moment the final dot arrives, before any reply: what the sender comes to know
and what really happened are two things, and the tests compare them.
"""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

REPLIES = {
    "banner": "220 hostile.example",
    "ehlo": "250-hostile.example\r\n250 SIZE 35000000",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "cc": "250 2.1.5 ok",
    "journal": "250 2.1.5 ok",
    "data": "354 go on",
    "dot": "250 2.0.0 taken",
}
DROP, SILENCE, SLOW = "drop", "silence", "slow"
SILENCE_SECONDS, SLOW_SECONDS = 3.0, 0.05


@dataclass(frozen=True)
class Mail:
    sender: str
    recipient: str
    content: bytes
    cc: str = ""
    is_refused: bool = False


@dataclass
class HostileServer:
    """`faults` maps a stage to a reply, `drop`, `silence` or `slow`; stage `body` drops in mid
    letter, `end` at the dot without taking the letter, `cc` is the second RCPT, `journal` the
    third. `refused` maps recipients to what they are told at RCPT, `unanswered` are those whose letters it left
    without an answer.

    Each fault strikes `strikes` times (None: always). `early` is said together with the 354. A
    letter of a few lines is written before a drop in its middle shows: use `long_text` for that.
    """

    faults: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    strikes: int | None = None
    early: str | None = None
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    on_dot: Callable[[Mail], None] | None = None
    mails: list[Mail] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def fault(self, stage: str) -> str | None:
        if stage not in self.faults or self.strikes == 0:
            return None
        if self.strikes is not None:
            self.strikes -= 1
        return self.faults[stage]

    @property
    def copies(self) -> Counter[str]:
        return Counter(mail.recipient for mail in self.mails)

    @property
    def book(self) -> list[Mail]:
        """The mails that it answers for: recorded, and not refused in so many words."""
        return [mail for mail in self.mails if not mail.is_refused]


class _HungUp(Exception):
    pass


@contextmanager
def serving(server: HostileServer) -> Iterator[HostileServer]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    server.port = listening.getsockname()[1]
    stopping = threading.Event()

    def accept() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            server.connections += 1
            threading.Thread(target=_serve, args=(server, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        stopping.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _serve(server: HostileServer, connection: socket.socket) -> None:
    try:
        if server.tls is not None:
            connection = server.tls.wrap_socket(connection, server_side=True)
        _Session(server, connection).run()
    except (OSError, _HungUp):
        pass
    finally:
        connection.close()


class _Session:
    def __init__(self, server: HostileServer, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.input = connection.makefile("rb")
        self.sender = self.recipient = self.cc = ""
        self.rcpts = 0

    def say(self, text: str) -> None:
        self.connection.sendall(text.encode() + b"\r\n")

    def answer(self, stage: str) -> bool:
        """Answer as the fault wants it; whether the stage went well."""
        return self.reply(stage, self.server.fault(stage))

    def reply(self, stage: str, fault: str | None) -> bool:
        if fault == DROP:
            raise _HungUp
        if fault == SILENCE:
            time.sleep(SILENCE_SECONDS)
            raise _HungUp
        if fault == SLOW:
            time.sleep(SLOW_SECONDS)
            fault = None
        # In one piece: what comes early must be there before the letter's body is written.
        early = self.server.early if stage == "data" and self.server.early else ""
        self.say((fault or REPLIES[stage]) + early)
        if fault is not None and fault.startswith("421"):
            raise _HungUp
        return fault is None

    def line(self) -> bytes:
        line = self.input.readline()
        if not line.endswith(b"\r\n"):
            raise _HungUp
        return line[:-2]

    def run(self) -> None:
        self.answer("banner")
        while True:
            command = self.line()
            verb = command.split(b" ")[0].split(b":")[0].upper()
            match verb:
                case b"EHLO" | b"HELO":
                    self.ehlo()
                case b"STARTTLS" if self.server.starttls is not None:
                    self.say("220 go ahead")
                    self.connection = self.server.starttls.wrap_socket(
                        self.connection, server_side=True
                    )
                    self.input = self.connection.makefile("rb")
                case b"AUTH":
                    self.say(self.server.fault("auth") or "235 2.7.0 ok")
                case b"MAIL":
                    self.sender = command.decode().partition("<")[2].partition(">")[0]
                    self.recipient = self.cc = ""
                    self.rcpts = 0
                    self.answer("mail")
                case b"RCPT":
                    self.rcpt(command.decode().partition("<")[2].partition(">")[0])
                case b"DATA":
                    if self.answer("data"):
                        self.data()
                case b"RSET":
                    self.say("250 ok")
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("502 what?")

    def rcpt(self, address: str) -> None:
        if not self.recipient:
            self.recipient = address
            if address in self.server.refused:
                self.say(self.server.refused[address])
            else:
                self.answer("rcpt")
        else:
            self.rcpts += 1
            if self.answer("cc" if self.rcpts == 1 else "journal"):
                self.cc = f"{self.cc} {address}".strip()

    def ehlo(self) -> None:
        offers = "250-STARTTLS\r\n" if self.is_tls_offered() else ""
        self.say("250-hostile.example\r\n" + offers + "250-AUTH PLAIN\r\n250 SIZE 35000000")

    def is_tls_offered(self) -> bool:
        return self.server.starttls is not None and not isinstance(self.connection, ssl.SSLSocket)

    def data(self) -> None:
        lines = []
        while (line := self.line()) != b".":
            if not lines and self.server.fault("body") == DROP:
                # A short letter is out, dot and all, before the sender can see it.
                self.server.unanswered.append(self.recipient)
                raise _HungUp
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.server.fault("end") == DROP:
            self.server.unanswered.append(self.recipient)
            raise _HungUp
        fault = self.server.fault("dot")
        mail = Mail(
            self.sender, self.recipient, b"\r\n".join(lines) + b"\r\n", self.cc,
            is_refused=fault is not None and fault[0] in "45",
        )
        self.server.mails.append(mail)
        if fault in (DROP, SILENCE):
            self.server.unanswered.append(self.recipient)
        if self.server.on_dot is not None:
            self.server.on_dot(mail)
        self.reply("dot", fault)


# Far harsher than life: about one letter in four meets something.
MIXED = {
    # stage: (how often in a hundred, fault), ...
    "banner": ((2, DROP),),
    "mail": ((2, DROP), (12, "421 4.3.2 closing")),
    "rcpt": ((2, DROP), (4, "450 4.2.0 greylisted")),
    "data": ((2, DROP),),
    "body": ((5, DROP),),
    "end": ((6, DROP),),
    "dot": ((6, DROP), (3, SILENCE), (4, "451 4.3.0 later"), (4, "421 4.3.2 closing")),
}


@dataclass
class MixedServer(HostileServer):
    """Every fault at random, from dice of its own."""

    chance: random.Random = field(default_factory=random.Random)

    def fault(self, stage: str) -> str | None:
        drawn = self.chance.uniform(0, 100)
        for often, fault in MIXED.get(stage, ()):
            if (drawn := drawn - often) < 0:
                return fault
        return None
