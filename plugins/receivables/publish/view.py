"""The warehouse's views: made when it is opened, and made anew only when their text has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from receivables.sql import statement

if TYPE_CHECKING:
    from receivables.publish.warehouse import Warehouse

# Both engines answer this one; DuckDB shows what PostgreSQL keeps there.
_STANDING = """
    select pg_class.relname, pg_description.description
    from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
    inner join pg_catalog.pg_description
        on pg_class.oid = pg_description.objoid and pg_description.objsubid = 0
    where pg_namespace.nspname = 'receivables' and pg_class.relkind = 'v'
"""


def create_views(warehouse: Warehouse, views: Mapping[str, Mapping[str, Any]]) -> None:
    """Create the views that are missing or of another version, each column with its comment.

    To replace a view, PostgreSQL waits for everybody who reads it: hence only when it must be.
    """
    standing = dict(warehouse.execute(_STANDING))
    for name, view in views.items():
        text = statement(f"publish/view/{name}")
        about = view_comment(view, text)
        if standing.get(name) == about:
            continue
        _replace(warehouse, name, text, list(view["columns"]))
        warehouse.execute(comment_on("view", name, about))
        for column, (_, comment) in view["columns"].items():
            warehouse.execute(comment_on("column", f"{name}.{column}", comment))


def view_comment(view: Mapping[str, Any], text: str) -> str:
    """What a view is for, and a fingerprint of its text and columns."""
    version = hashlib.sha256(f"{text}{view['columns']}".encode()).hexdigest()[:8]
    return f"{view['about']} (Version {version}.)"


def comment_on(kind: str, name: str, text: str) -> str:
    """The statement that explains a table, view or column in the database itself."""
    quoted = text.replace("'", "''")
    return f"comment on {kind} receivables.{name} is '{quoted}'"


def _replace(warehouse: Warehouse, name: str, text: str, columns: Sequence[str]) -> None:
    """Whoever may read a view still may when it is replaced; PostgreSQL lets columns only be added
    at the end, so that one with other columns is dropped first."""
    standing = [
        column
        for (column,) in warehouse.execute(
            "select column_name from information_schema.columns "
            "where table_schema = 'receivables' and table_name = ? order by ordinal_position",
            [name],
        )
    ]
    if standing != columns[: len(standing)]:
        warehouse.execute(f"drop view receivables.{name}")
    warehouse.execute(f"create or replace view receivables.{name} as\n{text}")
