"""One letter, one SMTP transaction, at most once.

yagmail makes the connection: configuration, TLS, login. Its send() is never called: it repeats a
letter when the answer to it is lost. Here the transaction stops before the final dot until the
outbox has committed that the letter is armed, and whatever happens after the dot without a clear
answer is `unknown`.
"""

from __future__ import annotations

import re
import selectors
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

import yagmail

from receivables.dispatch.delivery import Delivery, Outcome
from receivables.dispatch.relay import Relay
from receivables.errors import SettingsError, TransientError

_ENHANCED_CODE = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
_EXPECTED = {"mail": (250,), "rcpt": (250, 251), "data": (354,)}


class Line:
    """A connection to the relay, logged in, for one letter after the other."""

    def __init__(self, client: yagmail.Client, relay: Relay) -> None:
        self._client = client
        self._relay = relay
        self._smtp: smtplib.SMTP = client.smtp

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.drop() if error is not None else self.close()

    @property
    def is_open(self) -> bool:
        return self._smtp.sock is not None

    def close(self) -> None:
        """Take leave of the relay."""
        if self.is_open:
            self._wait_at_most(self._relay.timeouts.connect)
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Hang up without a word: a letter without its final dot is no letter."""
        self._client.is_closed = True  # else yagmail says QUIT when it is garbage collected
        self._smtp.close()

    def deliver(
        self, *, sender: str, recipient: str, copies: Mapping[str, str], message: bytes,
        arm: Callable[[], bool],
    ) -> Delivery:
        """Hand over one letter. `arm` commits the point of no return; the dot follows only on True.

        `copies`: more addresses in the same transaction, by what to call them; one that is refused
        stops nothing. An error of `arm` is raised after hanging up: no letter went.
        """
        wire = _dot_stuffed(message)
        self._wait_at_most(self._relay.timeouts.command)
        stage = "mail"
        try:
            refused = self._envelope(sender, recipient, copies)
            if refused is not None:
                return refused
            stage = "body"
            self._write_body(wire)
            if self._has_spoken_early():
                raise smtplib.SMTPServerDisconnected("the relay spoke out of turn")
        except (OSError, smtplib.SMTPException) as lost:
            self.drop()
            return Delivery(Outcome.LOST_BEFORE_DOT, stage, type(lost).__name__)
        try:
            is_armed = arm()
        except BaseException:
            self.drop()
            raise
        if not is_armed:
            self.drop()
            return Delivery(Outcome.NOT_ARMED, "arm", "the claim was no longer held")
        return replace(self._finish(), refused_copies=self._refused_copies)

    def _envelope(self, sender: str, recipient: str, copies: Mapping[str, str]) -> Delivery | None:
        """MAIL, RCPT, DATA; the relay's refusal, if it does refuse."""
        self._refused_copies: dict[str, str] = {}
        commands: dict[str, Callable[[], tuple[int, bytes]]] = {
            "mail": lambda: self._smtp.mail(sender),
            "rcpt": lambda: self._smtp.rcpt(recipient),
            "data": lambda: self._smtp.docmd("DATA"),
        }
        for stage, command in commands.items():
            if stage == "data" and (lost := self._copy(copies)) is not None:
                return lost
            code, text = command()
            if code in _EXPECTED[stage]:
                continue
            if not 400 <= code <= 599:
                self.drop()
                return Delivery(Outcome.LOST_BEFORE_DOT, stage, _codes(code, text))
            self._forget_transaction(code)
            return Delivery(_refusal(code), stage, _codes(code, text))
        return None

    def _copy(self, copies: Mapping[str, str]) -> Delivery | None:
        """RCPT for each copy; something comes back only if the line is lost over one."""
        for name, address in copies.items():
            try:
                code, text = self._smtp.rcpt(address)
                reply = _codes(code, text)
            except (OSError, smtplib.SMTPException) as lost:
                code, reply = 421, type(lost).__name__
            if code in _EXPECTED["rcpt"]:
                continue
            if code == 421 or not 400 <= code <= 599:
                self.drop()
                return Delivery(Outcome.LOST_BEFORE_DOT, "copy", reply)
            self._refused_copies[name] = reply
        return None

    def _forget_transaction(self, code: int) -> None:
        try:
            if code == 421 or self._smtp.rset()[0] != 250:
                self.drop()
        except (OSError, smtplib.SMTPException):
            self.drop()

    def _write_body(self, wire: bytes) -> None:
        self._smtp.send(wire)

    def _has_spoken_early(self) -> bool:
        """Whether an answer, or the end of the line, came before the dot.

        An answer that waits already would be taken for the answer to the dot.
        """
        sock, buffered = self._smtp.sock, self._smtp.file
        assert sock is not None and buffered is not None
        is_tls = isinstance(sock, ssl.SSLSocket)
        can_read = _is_readable(sock)
        sock.settimeout(0)
        try:
            is_waiting = bool(buffered.peek(1))
            # Plain: nothing to peek at, yet readable, is the end. TLS says want-read instead.
            return is_waiting or is_tls or can_read
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            sock.settimeout(self._relay.timeouts.command)

    def _finish(self) -> Delivery:
        """The dot, and the answer. Whatever is no clear answer leaves the letter unknown."""
        try:
            self._wait_at_most(self._relay.timeouts.final)
            self._write_dot()
            code, text = self._read_answer()
        except (OSError, smtplib.SMTPException) as lost:
            self.drop()
            return Delivery(Outcome.UNKNOWN, "dot", type(lost).__name__)
        except BaseException:
            self.drop()
            raise
        if code == 250:
            return Delivery(Outcome.ACCEPTED, "dot", _codes(code, text))
        if not 400 <= code <= 599:
            self.drop()
            return Delivery(Outcome.UNKNOWN, "dot", _codes(code, text))
        if code == 421:
            self.drop()
        return Delivery(_refusal(code), "dot", _codes(code, text))

    def _write_dot(self) -> None:
        self._smtp.send(b".\r\n")

    def _read_answer(self) -> tuple[int, bytes]:
        return self._smtp.getreply()

    def _wait_at_most(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)


def connect(relay: Relay) -> Line:
    """A logged-in line to the relay.

    Raises SettingsError if no retry can help (login, certificate, TLS), else TransientError.
    """
    client = _client(relay)
    try:
        client.login()
        client.smtp.ehlo_or_helo_if_needed()  # without TLS and login, yagmail greets nobody
        line = Line(client, relay)
        # The dot is a small write of its own: without this it would wait for an acknowledgement.
        client.smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line
    except smtplib.SMTPAuthenticationError as refused:
        raise _unusable(client, relay, refused, is_lasting=refused.smtp_code >= 500) from None
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as refused:
        raise _unusable(client, relay, refused, is_lasting=True) from None
    except (OSError, smtplib.SMTPException) as refused:
        raise _unusable(client, relay, refused, is_lasting=False) from None


def _client(relay: Relay) -> yagmail.Client:
    """yagmail, configured so that it verifies, never asks a keyring and never guesses a user."""
    tls = {"context": relay.tls()} if relay.security == "ssl" else {}
    client = yagmail.Client(
        user="",
        password=relay.password,
        host=relay.host,
        port=relay.port,
        smtp_ssl=relay.security == "ssl",
        smtp_starttls={"context": relay.tls()} if relay.security == "starttls" else False,
        smtp_skip_login=relay.user is None,
        soft_email_validation=False,
        timeout=relay.timeouts.connect,
        local_hostname=relay.local_hostname,
        **tls,
    )
    client.set_logging(None)  # its log names users and recipients
    client.is_closed = True
    client.user = relay.user  # yagmail would have made alice into alice@gmail.com
    return client


def _unusable(
    client: yagmail.Client, relay: Relay, error: Exception, *, is_lasting: bool
) -> SettingsError | TransientError:
    """Why there is no line, without the relay's words: they may repeat what we sent."""
    if client.smtp is not None:
        client.smtp.close()
    client.is_closed = True
    code = getattr(error, "smtp_code", None)
    what = type(error).__name__ + (f" {code}" if code else "")
    if is_lasting:
        remedy = "correct its login or certificate; nothing was sent"
        return SettingsError([f"mail relay {relay.host}:{relay.port}: {what}; {remedy}"])
    return TransientError(f"mail relay {relay.host}:{relay.port}: {what}; try again later")


def _dot_stuffed(message: bytes) -> bytes:
    """The message as it goes over the wire, leading dots doubled (RFC 5321, 4.5.2)."""
    assert message.endswith(b"\r\n"), "a message was frozen without its last line end"
    return re.sub(rb"(?m)^\.", b"..", message)


def _is_readable(sock: socket.socket) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


def _refusal(code: int) -> Outcome:
    return Outcome.REFUSED_TEMPORARY if code < 500 else Outcome.REFUSED_PERMANENT


def _codes(code: int, text: bytes) -> str:
    """The reply code and the enhanced code, if there is one; a reply's words may name people."""
    enhanced = _ENHANCED_CODE.match(text)
    return f"{code} {enhanced.group().decode()}" if enhanced else str(code)
