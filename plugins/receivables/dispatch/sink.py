"""The sink: a relay on this machine that delivers nothing and keeps each letter as a file."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from receivables.dispatch.message import AS_OF_HEADER, NOTICE_HEADER
from receivables.dispatch.relay import Relay

LOOPBACK = "127.0.0.1"
MESSAGE_OCTETS_MAX = 35_000_000
_NOTICE_ID = re.compile(r"[0-9a-f]{8,64}")


@contextmanager
def sink(directory: Path) -> Iterator[Relay]:
    """A relay that files each letter as `<directory>/<as_of_date>/<notice_id>.eml`.

    A letter that comes twice is kept twice (`<notice_id>-2.eml`): a sink that hid it would lie.
    """
    controller = _SinkController(
        _Filing(directory), hostname=LOOPBACK, port=0, data_size_limit=MESSAGE_OCTETS_MAX
    )
    controller.start()
    try:
        yield Relay(
            host=LOOPBACK, port=controller.port, security="none", local_hostname="localhost"
        )
    finally:
        controller.stop()


class _SinkController(Controller):
    """aiosmtpd on a port that the system chooses: it cannot be taken, and nobody expects it."""

    def _create_server(self) -> asyncio.Future[asyncio.Server]:  # type: ignore[override]
        listening = socket.create_server((self.hostname, 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)  # type: ignore[return-value]


class _Filing:
    """Writes a letter to disk before the relay says 250."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        notice_id = str(message.get(NOTICE_HEADER, ""))
        day = _day(message)
        if not _NOTICE_ID.fullmatch(notice_id) or day is None:
            return "554 5.6.0 not a letter of Receivables"
        file(self._directory / day.isoformat(), notice_id, content)
        return "250 2.0.0 kept in the sink"


def file(folder: Path, notice_id: str, content: bytes) -> Path:
    """Write a letter under the next free name, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{notice_id}.{os.getpid()}.partial"
    with partial.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    for copy in range(1, 1000):
        name = f"{notice_id}.eml" if copy == 1 else f"{notice_id}-{copy}.eml"
        try:
            os.link(partial, folder / name)  # unlike rename, it never replaces a letter
        except FileExistsError:
            continue
        partial.unlink()
        return folder / name
    raise FileExistsError(f"{folder}: a thousand copies of {notice_id}")


def _day(message: EmailMessage) -> date | None:
    """The business day of the letter, else the day it is dated."""
    try:
        return date.fromisoformat(str(message.get(AS_OF_HEADER, "")))
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))).date()
    except ValueError:
        return None
