"""Connections that Airflow keeps: in its database, a secrets back end, or the environment."""

from __future__ import annotations

import os
from types import MappingProxyType

from airflow.sdk import Connection as AirflowConnection
from airflow.sdk.exceptions import AirflowNotFoundException
from receivables import connections
from receivables.connections import Connection


def connection(connection_id: str) -> Connection:
    """The connection that Airflow has under an id; its secrets are masked in the task's log.

    Raises SettingsError if there is none.
    """
    try:
        kept = AirflowConnection.get(connection_id)
    except AirflowNotFoundException:
        return connections.connection(connection_id, os.environ)
    return Connection(
        id=connection_id,
        kind=kept.conn_type,
        host=kept.host,
        port=kept.port,
        login=kept.login,
        password=kept.password,
        schema=kept.schema,
        extra=MappingProxyType(kept.extra_dejson),
    )
