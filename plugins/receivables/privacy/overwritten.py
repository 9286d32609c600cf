"""Overwriting who a person is, in what was landed and in every night, and recording that it was."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from receivables.contract import tables
from receivables.errors import DataError
from receivables.extract.landing import input_hash
from receivables.lake import Extract, Lake, Night, alone_in, content_hash, relation_hash, write_json
from receivables.landed import read_landed
from receivables.privacy.person import TABLES, Person, landed_files
from receivables.publish.digest import digest_folder
from receivables.publish.posted import posted_folder
from receivables.publish.work_list import work_list_file
from receivables.sql import Session, quoted, session

# What a landed row has beside the columns of its source: where it stood, and when.
NOT_OF_THE_ROW = ("source_row", "row_fingerprint", "stands_from", "stands_until")
# A shorter text would be found within other words.
LINE_VALUE_LENGTH_MIN = 5
ADDRESS = ("email", "salesperson_email")
# An older version named people in it.
OLD_WORK_LIST = ("contact_name", "contact_phone", "contact_address")
# The conditions by which a person is known; `_ask_for` says of whom.
OF_ENTITY = "legal_entity_id = getvariable('person_entity')"
IS_CONTACT = "list_contains(getvariable('person_contacts'), contact_id)"
IS_SELLER = "list_contains(getvariable('person_addresses'), lower(salesperson_email))"
SELLS_TO = "list_contains(getvariable('person_customers'), customer_id)"
# Lines of dropped files that were no rows may name the person, too.
CLEANED_LINE = {"raw_text": (
    "list_reduce(list_prepend(raw_text, getvariable('person_values')), "
    "lambda line, value: replace(line, value, 'erased'))"
)}
# A list without an entry has no type; nobody has this id.
NOBODY = ["\x00"]


def overwrite_landing(lake: Lake, source: str, person: Person) -> tuple[int, bool]:
    """Overwrite a person in all that was landed; how many files, and whether the newest extract
    gave the person.
    """
    folder, written = lake.landing / source, 0
    with alone_in(folder), session(lake.scratch) as sql:
        sql.connection.execute("set preserve_insertion_order = true")
        _ask_for(sql, person)
        extracts = lake.extracts(source)
        is_given = bool(extracts) and _is_given(sql, extracts[-1])
        _set(sql, "person_values", _values(sql, folder) or NOBODY)
        for file in landed_files(folder, "malformed_row"):
            written += _replace(sql, file, CLEANED_LINE)
        for table in TABLES:
            for file in landed_files(folder, table):
                written += _replace(sql, file, _overwritten(sql, file, table))
        _describe_again(sql, extracts)
    return written, is_given


def overwrite_nights(lake: Lake, person: Person) -> int:
    """Overwrite a person in every night, official or restated; how many had them.

    The content hash of a table that changed is recorded anew, beside the one before. The pages for
    callers and for sales and the letters to post are removed: publishing a night again writes them.
    Raises DataError if a night's file is not the one that was recorded.
    """
    written = 0
    with session(lake.scratch) as sql:
        _ask_for(sql, person)
        for night in lake.every_night(person.legal_entity_id):
            with night.alone():
                names = ("ledger/contact", "ledger/customer", "work_list")
                hits = sum(_overwrite_table(sql, night, name, person) for name in names)
                if hits:
                    work_list_file(night).unlink(missing_ok=True)
                    shutil.rmtree(posted_folder(night), ignore_errors=True)
                    for page in digest_folder(night).glob("*.html"):
                        page.unlink()
            written += bool(hits)
    return written


def _overwrite_table(sql: Session, night: Night, name: str, person: Person) -> bool:
    """Write the new file beside the old, record its hash, and only then let it take the place: a
    killed erasure is finished by the next one.
    """
    file = night.file(name)
    if not file.exists():
        return False
    partial = file.with_name(f"{file.name}.partial")
    texts = _overwritten(sql, file, name.rpartition("/")[2])
    if not _write(sql, file, partial, texts):
        return False
    new, recorded = content_hash(sql, partial), night.manifest()["tables"].get(name)
    if new != recorded:
        if content_hash(sql, file) != recorded:
            partial.unlink()
            raise DataError(f"{file}: is not as it was recorded; find out why before anything in "
                            "it is overwritten (`receivables replay`)")
        told = {"table": name, "content_hash_before": recorded["content_hash"],
                "contact_ids": list(person.contact_ids), "salesperson_of": list(person.sells_to)}
        night.record(tables={name: new}, erased=[*night.manifest().get("erased", ()), told])
    partial.replace(file)
    return True


def _ask_for(sql: Session, person: Person) -> None:
    """Say whom the conditions are about; nothing of a person becomes part of a statement."""
    _set(sql, "person_entity", person.legal_entity_id)
    _set(sql, "person_contacts", [*person.contact_ids] or NOBODY)
    _set(sql, "person_customers", [*person.sells_to] or NOBODY)
    _set(sql, "person_addresses", [*person.addresses] or NOBODY)


def _set(sql: Session, name: str, value: object) -> None:
    sql.connection.execute(f"set variable {name} = ?", [value])


def _overwritten(sql: Session, file: Path, table: str) -> dict[str, str]:
    """For each column that may tell who the person is, SQL for what it says from now on."""
    columns = sql.connection.read_parquet(str(file)).columns
    mine = OF_ENTITY if "legal_entity_id" in columns else "true"
    if table == "customer":
        is_person = f"{mine} and {SELLS_TO} and {IS_SELLER}"
        named = [column.name for column in tables()[table].columns if column.personal]
    elif table == "contact":
        is_person = f"{mine} and {IS_CONTACT}"
        told = {c.name for c in tables()[table].columns if not c.personal} | {*NOT_OF_THE_ROW}
        named = [name for name in columns if name not in told]
    else:
        is_person = f"{mine} and {IS_CONTACT}"
        named = [*OLD_WORK_LIST]
    return {
        name: f"case when {is_person} and {quoted(name)} is not null "
              f"then {_tombstone(name, table)} else {quoted(name)} end"
        for name in named if name in columns and _has_columns_of(is_person, columns)
    }


def _has_columns_of(condition: str, columns: Sequence[str]) -> bool:
    """Whether a file has the columns by which a person is known."""
    known = ("contact_id", "customer_id", "salesperson_email")
    return all(name in columns for name in known if name in condition)


def _tombstone(name: str, table: str) -> str:
    """A well-formed address that is nobody's takes the place of one, so that the row passes the
    border as it did; another text takes the place of any other.
    """
    if name not in ADDRESS:
        return "'erased'"
    owner = "'-' || left(sha256(contact_id), 12)" if table == "contact" else "''"
    address = f"'erased' || {owner} || '@erased.invalid'"
    return f"if(contains({quoted(name)}, '@'), {address}, 'erased')"


def _values(sql: Session, folder: Path) -> list[str]:
    """All that the person was ever called and reached by, the longest first."""
    found: set[str] = set()
    for file in landed_files(folder, "contact"):
        rows = sql.connection.read_parquet(str(file))
        personal = [column.name for column in tables()["contact"].columns if column.personal]
        names = [name for name in personal if name in rows.columns]
        found |= {
            value
            for row in rows.filter(IS_CONTACT)
            .project(", ".join(map(quoted, names))).fetchall()
            for value in row if value and len(value) >= LINE_VALUE_LENGTH_MIN
        }
    return sorted(found, key=lambda value: (-len(value), value))


def _replace(sql: Session, file: Path, texts: Mapping[str, str]) -> int:
    partial = file.with_name(f"{file.name}.partial")
    if not _write(sql, file, partial, texts):
        return 0
    partial.replace(file)
    return 1


def _write(sql: Session, file: Path, partial: Path, texts: Mapping[str, str]) -> bool:
    """Write a file with other texts in some columns; False if that would change nothing."""
    if not texts:
        return False
    changed = " or ".join(f"{quoted(name)} is distinct from ({t})" for name, t in texts.items())
    rows = sql.connection.read_parquet(str(file))
    if not rows.filter(changed).limit(1).fetchall():
        return False
    replaced = ", ".join(f"{text} as {quoted(name)}" for name, text in texts.items())
    rows.project(f"* replace ({replaced})").to_parquet(str(partial), compression="zstd")
    return True


def _is_given(sql: Session, newest: Extract) -> bool:
    """Whether an extract has something personal of the person that is not overwritten."""
    for table in TABLES:
        if not read_landed(sql, newest, table, "newest_row"):
            continue
        columns = sql.connection.table("newest_row").columns
        personal = [c.name for c in tables()[table].columns if c.personal and c.name in columns]
        who = IS_CONTACT if table == "contact" else IS_SELLER
        named = " or ".join(f"not starts_with({quoted(name)}, 'erased')" for name in personal)
        if _has_columns_of(who, columns) and named and sql.connection.execute(
            f"select 1 from newest_row where {who} and ({named}) limit 1"
        ).fetchall():
            return True
    return False


def _describe_again(sql: Session, extracts: Sequence[Extract]) -> None:
    """Let every extract's description say the hashes of what is landed now."""
    known: dict[tuple[str, ...], dict[str, Any]] = {}
    for extract in extracts:
        described = {name: dict(entry) for name, entry in extract.content["tables"].items()}
        for table in {*TABLES, "malformed_row"} & described.keys():
            key = (*map(str, extract.parts(table)), extract.extract_id
                   if "compacted_in" in described[table] else "")
            if key not in known:
                read_landed(sql, extract, table, "described_row")
                known[key] = relation_hash(sql, sql.connection.table("described_row"))
            described[table] |= known[key]
        if described != extract.content["tables"]:
            content = {**extract.content, "tables": described, "input_hash": input_hash(described)}
            write_json(extract.folder / f"{extract.extract_id}.json", content)
