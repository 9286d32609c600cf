"""The night as finance reads it: what is audited, sealed and put into the warehouse."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from receivables import __version__
from receivables.balance import read_ledger, write_aging_bucket_table
from receivables.connections import Resolver, resolved_url
from receivables.hand_over.write_off import create_proposals
from receivables.lake import Lake, Night, utc
from receivables.publish import warehouse
from receivables.settings import Settings
from receivables.sql import Session, asked_for

# What the audits and breakers read is written before them, the rest after.
JUDGED = ("aging_by_customer", "reconciliation")
TOLD = (
    "aging_snapshot", "credit_snapshot", "interest_segment", "decision", "notice",
    "clarification_task", "work_list", "quarantine", "check_result", "blast_radius",
    "write_off_proposal", "customer_class", "credit_recommendation", "promise_outcome",
)
PUBLISHED = (*JUDGED, *TOLD)
# What a night keeps of its work list, and finance does not read.
OWN_OF_WORK_LIST = ("policy_name", "question")


def published_file(night: Night, table: str) -> Path:
    """The rows of a warehouse table, as a file of the night."""
    return night.file(f"publish/{table}")


def read_night(sql: Session, night: Night, settings: Settings) -> None:
    """Make the night known to the statements: what it read, what it decided."""
    read_ledger(sql, night)
    for table in ("open_item", "credit_item", "interest_segment", "decision", "notice",
                  "notice_item", "quarantine"):
        sql.read(table, night.file(table))
    sql.read("notice_history", night.file("notice_history"))
    sql.read("validate_result", night.file("validate/check_result"))
    _read_since_added(sql, night)
    write_aging_bucket_table(sql)
    create_proposals(sql, country=settings.entities[night.legal_entity_id].country)
    source = settings.source_of(night.legal_entity_id)
    sql.connection.execute(
        "create table night as select $d::date as as_of_date, $s as open_amounts_from_source, "
        "null::date as earlier_date",
        {"d": night.as_of_date, "s": source.open_amounts == "from_source"},
    )
    sql.connection.execute(
        "create table outbox_notice (notice_id varchar, drafted_at timestamp, status varchar, "
        "sent_at timestamp, message_id varchar, status_reason varchar)"
    )


def _read_since_added(sql: Session, night: Night) -> None:
    """The tables that a night sealed by an older version has not: they are empty then. Of its
    notices none waits for approval.
    """
    notices = sql.connection.read_parquet(str(night.file("notice")))
    if "approval_role" not in notices.columns:
        of_nobody = notices.project("*, null::varchar as approval_role")
        of_nobody.create_view("notice", replace=True)
    for table, name, none in (
        ("balance_result", "balance_result", "select * from validate_result"),
        ("withheld_item", "withheld_item", "select *, true as is_overdue from decision"),
        ("clarification_task", "clarification_task", _no_row("clarification_task")),
        ("work_list", "work_list", _no_row("work_list", *OWN_OF_WORK_LIST)),
        ("warning", "validate/warning", "select source_table, row_key, reason_code, because "
                                        "from quarantine"),
    ):
        if night.file(name).exists():
            sql.read(table, night.file(name))
        else:
            sql.connection.execute(f"create view {table} as {none} limit 0")
    for table in ("customer_class", "credit_recommendation", "promise_outcome"):
        if night.file(table).exists():
            sql.read(table, night.file(table))
        else:
            sql.connection.execute(f"create table {table} ({warehouse.typed_columns(table)})")


def _no_row(table: str, *more: str) -> str:
    columns = warehouse.tables()[table]["columns"].items()
    return "select " + ", ".join(
        f"cast(null as {warehouse.TYPES[kind]}) as {name}"
        for name, (kind, _) in (*columns, *((name, ("text", "")) for name in more))
    )


def read_earlier_night(sql: Session, lake: Lake, night: Night) -> None:
    """The last night before this one that was sound, for what must not have changed since.

    A flagged night is no measure: what went missing in it would be missed for one night only.
    """
    earlier = next(lake.sound(night.legal_entity_id, before=night.as_of_date), None)
    for table, name in (
        ("ledger/receipt", "receipt"), ("ledger/invoice", "invoice"), ("open_item", "open_item")
    ):
        if earlier is None:
            sql.connection.execute(f"create view earlier_{name} as select * from {name} limit 0")
        else:
            sql.read(f"earlier_{name}", earlier.file(table))
    if earlier is not None:
        sql.connection.execute("update night set earlier_date = ?", [earlier.as_of_date])


def write_published(
    sql: Session, night: Night, names: Sequence[str], *, is_restated: bool,
    limits: Mapping[str, object],
) -> None:
    """The rows for the warehouse, in files of the night."""
    values = {
        **limits, "as_of_date": night.as_of_date, "legal_entity_id": night.legal_entity_id,
        "known_at": utc(night.known_at), "is_restated": is_restated,
    }
    for name in names:
        statement = f"publish/{name}"
        sql.write(statement, published_file(night, name), **asked_for(statement, values))


def seal(sql: Session, night: Night, *, status: str, is_restated: bool) -> str:
    """Record the night's fingerprints; from now on its folder stays as it is."""
    manifest = night.manifest()
    if not night.is_sealed:
        hashes = {name: entry["content_hash"] for name, entry in manifest["tables"].items()}
        kept = ("notice_history", "suppressed_contact", "inbound_message")
        told = [hashes[name] for name in kept if name in hashes]
        inputs = [manifest["input_hash"], manifest["policy_version"], *told]
        night.record(
            code_version=__version__, output_hash=_fingerprint(hashes),
            night_input_hash=_fingerprint(inputs), sealed=True,
        )
        manifest = night.manifest()
    sql.connection.execute(
        "create table night_row as select $d::date as as_of_date, $e as legal_entity_id, "
        "$k::timestamp as known_at, $r as is_restated, $p as policy_version, $c as code_version, "
        "$i as input_hash, $o as output_hash, $s as status",
        {
            "d": night.as_of_date, "e": night.legal_entity_id, "k": utc(night.known_at),
            "r": is_restated, "p": manifest["policy_version"], "c": manifest["code_version"],
            "i": manifest["night_input_hash"], "o": manifest["output_hash"], "s": status,
        },
    )
    sql.write_table("night_row", published_file(night, "night"))
    return manifest["output_hash"]


def publish_to_warehouse(
    night: Night, settings: Settings, resolve: Resolver, *, status: str, is_restated: bool
) -> bool:
    """Publish in one transaction; whether the warehouse had this very night already."""
    key = [night.as_of_date, night.legal_entity_id]
    with warehouse.open_warehouse(resolved_url(settings.warehouse_url, resolve)) as opened:
        standing = opened.execute(
            "select output_hash, status from receivables.night "
            "where as_of_date = ? and legal_entity_id = ? and known_at = ?",
            [*key, utc(night.known_at)],
        )
        if standing == [(night.manifest()["output_hash"], status)]:
            return True
        # An official night takes the place of an official one, a restatement of none but itself.
        opened.execute(
            "delete from receivables.night where as_of_date = ? and legal_entity_id = ? "
            "and (known_at = ? or not (is_restated or ?))",
            [*key, utc(night.known_at), is_restated],
        )
        opened.load("night", published_file(night, "night"))
        if is_restated:
            warehouse.replace_restatement(
                opened, as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id,
                known_at=utc(night.known_at), file=published_file(night, "restatement"),
            )
        else:
            warehouse.replace_night(
                opened, as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id,
                files={name: published_file(night, name) for name in PUBLISHED},
            )
    return False


def _fingerprint(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
