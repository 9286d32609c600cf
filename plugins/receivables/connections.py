"""Connections: where a server is and how to log in, read from `AIRFLOW_CONN_<ID>` as by Airflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from sqlalchemy import URL

from receivables.errors import SettingsError

DRIVERS = {
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "sqlite": "sqlite",
}

# Which extras of a connection are options of the driver; Airflow keeps others there as well.
DRIVER_OPTIONS = {
    "postgresql+psycopg": frozenset({
        "application_name", "connect_timeout", "keepalives", "keepalives_count",
        "keepalives_idle", "keepalives_interval", "options", "sslcert", "sslcrl", "sslkey",
        "sslmode", "sslrootcert", "target_session_attrs",
    }),
    "mysql+pymysql": frozenset({
        "charset", "connect_timeout", "read_timeout", "ssl_ca", "ssl_cert", "ssl_key",
        "unix_socket", "write_timeout",
    }),
    "sqlite": frozenset(),
}

FIELDS = frozenset({
    "conn_type", "description", "host", "login", "password", "schema", "port", "extra",
})


@dataclass(frozen=True, slots=True)
class Connection:
    """A server and the login to it; `kind` is Airflow's connection type, `schema` the database."""

    id: str
    kind: str
    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)


Resolver = Callable[[str], Connection]


def connection(connection_id: str, environment: Mapping[str, str]) -> Connection:
    """The connection that `AIRFLOW_CONN_<ID>` describes, as a URI or as Airflow's JSON.

    Raises SettingsError if the variable is missing or cannot be read; its value is not repeated.
    """
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    value = environment.get(variable, "").strip()
    if not value:
        raise SettingsError([
            f"{variable}: is not set, and connection {connection_id!r} comes from it; set it to a "
            "URI such as postgres://login:password@host:5432/database, or to Airflow's JSON form"
        ])
    try:
        return _from_json(connection_id, value) if value[0] == "{" else (
            _from_uri(connection_id, value)
        )
    except _Broken as broken:
        raise SettingsError([f"{variable}: {broken}"]) from None


def database_url(connection: Connection) -> URL:
    """The SQLAlchemy URL of a connection to a database.

    Raises SettingsError if Receivables has no driver for that kind of database.
    """
    driver = DRIVERS.get(connection.kind)
    if driver is None:
        raise SettingsError([
            f"connection {connection.id}: {connection.kind!r} is no database that can be read; "
            f"use one of {', '.join(sorted(DRIVERS))}"
        ])
    if driver == "sqlite":
        return URL.create(driver, database=connection.schema or connection.host)
    options = {
        name: str(value)
        for name, value in connection.extra.items()
        if name in DRIVER_OPTIONS[driver]
    }
    if driver == "mysql+pymysql":
        options.setdefault("charset", "utf8mb4")
    else:
        options["client_encoding"] = "utf8"
    return URL.create(
        driver,
        username=connection.login or None,
        password=connection.password or None,
        host=connection.host or None,
        port=connection.port,
        database=connection.schema or None,
        query=options,
    )


def resolved_url(url: str, resolve: Resolver) -> str:
    """A database URL of the settings; `connection://<id>` stands for the URL of a connection."""
    scheme, _, connection_id = url.partition("://")
    if scheme != "connection":
        return url
    return database_url(resolve(connection_id)).render_as_string(hide_password=False)


class _Broken(Exception):
    """Why the text of a connection cannot be read; says nothing of what stands in it."""


def _from_json(connection_id: str, value: str) -> Connection:
    try:
        body = json.loads(value)
    except ValueError:
        raise _Broken("is not valid JSON; write Airflow's JSON form or a URI") from None
    unknown = sorted(set(body) - FIELDS)
    if unknown:
        raise _Broken(f"unknown keys {', '.join(unknown)}; known are {', '.join(sorted(FIELDS))}")
    return Connection(
        id=connection_id,
        kind=_kind(body.get("conn_type")),
        host=body.get("host"),
        port=_port(body.get("port")),
        login=body.get("login"),
        password=body.get("password"),
        schema=body.get("schema"),
        extra=_extra(body.get("extra")),
    )


def _from_uri(connection_id: str, value: str) -> Connection:
    """Reads a URI as Airflow does: `postgres://…`, or `http://https://…` for a host's protocol."""
    schemes = value.count("://")
    if schemes not in (1, 2):
        raise _Broken("is no URI; write kind://login:password@host:port/schema")
    kind, rest = value.split("://", 1)
    if schemes == 2 and set("@:") & set(rest.split("://", 1)[0]):
        raise _Broken("is no URI; percent-encode :// in the login and in the password")
    try:
        parts = urlsplit(rest if schemes == 2 else f"//{rest}")
        port = parts.port
    except ValueError:
        raise _Broken("its port is no number; percent-encode / ? # @ : in the login and in the "
                      "password") from None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = _host(parts)
    return Connection(
        id=connection_id,
        kind=_kind(kind.lower()),
        host=f"{parts.scheme}://{host}" if schemes == 2 and host else host,
        port=port,
        login=unquote(parts.username) if parts.username else parts.username,
        password=unquote(parts.password) if parts.password else parts.password,
        schema=unquote(parts.path[1:]),
        extra=_extra(query["__extra__"]) if "__extra__" in query else _extra(query),
    )


def _host(parts: SplitResult) -> str:
    """The host; one that is an encoded path (a socket, a file) keeps its capitals."""
    host = unquote(parts.hostname or "")
    if "/" not in host:
        return host
    return unquote(parts.netloc.rsplit("@", 1)[-1].split(":", 1)[0])


def _kind(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _Broken("conn_type is missing; write one such as postgres")
    return "postgres" if value == "postgresql" else value.replace("-", "_")


def _port(value: object) -> int | None:
    try:
        return int(str(value)) if value else None
    except ValueError:
        raise _Broken("its port is no number") from None


def _extra(value: object) -> Mapping[str, Any]:
    try:
        extra = json.loads(value) if isinstance(value, str) and value else value or {}
    except ValueError:
        raise _Broken("its extra is not valid JSON") from None
    if not isinstance(extra, dict):
        raise _Broken("its extra must be a JSON object")
    return MappingProxyType(extra)
