"""The mail relay: where letters go out, and how surely we know that it is the one we mean."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from receivables.connections import Connection
from receivables.errors import SettingsError

SECURITIES = ("none", "starttls", "ssl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long to wait for the relay, in seconds (RFC 5321, 4.5.3.2).

    A shorter `final` would, in the RFC's words, result in delivery of multiple copies elsewhere;
    here it would result in letters whose fate nobody knows.
    """

    connect: float = 30
    command: float = 300
    final: float = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The one SMTP server that letters are handed to; `ca_file` is for a company's own authority.

    Raises SettingsError if letters could travel in the clear, or a login is given by half.
    """

    host: str
    port: int
    security: Literal["none", "starttls", "ssl"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    local_hostname: str | None = None
    timeouts: Timeouts = Timeouts()

    def __post_init__(self) -> None:
        faults = []
        if self.security not in SECURITIES:
            faults.append(f"security must be one of {', '.join(SECURITIES)}")
        elif self.security == "none" and not _is_loopback(self.host):
            faults.append("security none is for this machine only; use starttls or ssl")
        if (self.user is None) != (self.password is None):
            faults.append("give both a user and a password, or neither")
        if faults:
            raise SettingsError([f"mail relay {self.host}:{self.port}: {f}" for f in faults])

    @property
    def armed_for(self) -> timedelta:
        """How long a letter can be armed before no answer can come any more."""
        return timedelta(seconds=self.timeouts.final) + timedelta(minutes=5)

    def tls(self) -> ssl.SSLContext:
        """TLS as `verified_tls` wants it."""
        return verified_tls(self.ca_file)


def verified_tls(ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, with the certificate and the name in it verified."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def relay(connection: Connection) -> Relay:
    """The relay of an Airflow SMTP connection: STARTTLS, unless its extra `security` says ssl.

    Raises SettingsError if the connection names no host.
    """
    if not connection.host:
        raise SettingsError([f"connection {connection.id}: names no host; give the mail relay's"])
    ca_file = connection.extra.get("ca_file")
    return Relay(
        host=connection.host,
        port=connection.port or 587,
        security=connection.extra.get("security", "starttls"),
        user=connection.login or None,
        password=connection.password or None,
        ca_file=Path(ca_file) if ca_file else None,
        local_hostname=connection.extra.get("local_hostname"),
    )
