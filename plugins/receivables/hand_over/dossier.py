"""The legal dossier: one PDF and its data, letters as they were sent, and a hash chain over all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

from receivables import __version__
from receivables.connections import Resolver, resolved_url
from receivables.dispatch.notice import SENT, UNKNOWN
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.proof import Proof
from receivables.errors import DataError, WrongUse
from receivables.hand_over.case import Case, open_case
from receivables.hand_over.chain import CHAIN, first_link, link
from receivables.hand_over.document import document
from receivables.hand_over.record import (
    Record,
    csv_bytes,
    json_bytes,
    new_folder,
    records,
    write_new,
)
from receivables.inbox.address import case_reference
from receivables.lake import Lake, Night
from receivables.settings import Settings
from receivables.sql import session

# In the order of the chain. `claim` is read first: the others are about its documents.
TABLES = (
    "party", "total", "claim", "invoice", "delivery", "payment", "notice", "delivery_event",
    "promise", "dispute", "interest_statement",
)
OF_THE_OUTBOX = ("notice", "delivery_event")
PDF, LETTERS = "dossier.pdf", "letters/"
_NOTICE_ID = re.compile(r"[0-9a-f]{32}")


def build_dossier(
    settings: Settings,
    nights: Sequence[Night],
    customer_id: str,
    *,
    language: str,
    resolve: Resolver,
    out: Path,
) -> str:
    """Write the dossier of a customer into a new folder; the head of its chain.

    The same night and outbox give the same bytes. Raises WrongUse if the customer owes nothing
    past due, or owes it to several of the legal entities; DataError if a letter is not as frozen.
    """
    night = _night_of(settings, nights, customer_id)
    with (
        open_case(settings, night) as case,
        closing(Outbox(resolved_url(settings.outbox_url, resolve))) as outbox,
    ):
        tables = _tables(case, customer_id)
        claimed = {(row["invoice_id"], row["instalment_no"]) for row in tables["claim"]}
        proofs = [
            proof
            for proof in outbox.proofs(
                legal_entity_id=night.legal_entity_id, customer_id=customer_id,
                before=night.as_of_date, known_at=night.known_at,
            )
            if proof.items & claimed
        ]
        tables |= _proof_tables(proofs)
        about = _about(case, customer_id)
        files = _files(about, tables, proofs)
        chained, head = _chained(case, about, tables, files, language)
    folder = new_folder(out)
    for name, content in chained.items():
        write_new(folder / name, content)
    return head


def _night_of(settings: Settings, nights: Sequence[Night], customer_id: str) -> Night:
    """The one night in which the customer owes something past due."""
    owing = []
    for night in nights:
        with session(Lake(settings.home).scratch) as sql:
            for table in ("decision", "open_item"):
                sql.read(table, night.file(table))
            if sql.rows("hand_over/dossier/claim", customer_id=customer_id):
                owing.append(night)
    if not owing:
        raise WrongUse(f"customer {customer_id}: owes nothing past due; there is no claim to prove")
    if len(owing) > 1:
        names = ", ".join(night.legal_entity_id for night in owing)
        raise WrongUse(f"customer {customer_id}: owes to {names}; name one with --entity")
    return owing[0]


def _tables(case: Case, customer_id: str) -> dict[str, list[Record]]:
    values: dict[str, dict[str, object]] = {
        "party": {"customer_id": customer_id},
        "claim": {"customer_id": customer_id},
        "payment": {"as_of_date": case.night.as_of_date},
        "dispute": {"as_of_date": case.night.as_of_date},
        "promise": {"as_of_date": case.night.as_of_date, "customer_id": customer_id},
    }
    case.sql.create("claim", "hand_over/dossier/claim", customer_id=customer_id)
    return {
        name: records(name, case.sql.rows(f"hand_over/dossier/{name}", **values.get(name, {})))
        for name in TABLES
        if name not in OF_THE_OUTBOX
    }


def _proof_tables(proofs: Sequence[Proof]) -> dict[str, list[Record]]:
    notices = [
        {
            **{name: getattr(proof, name) for name in (
                "notice_id", "step", "as_of_date", "state", "sent_at", "recipient_role",
                "recipient", "subject", "amount_text", "message_id",
            )},
            "sha256": proof.body_sha256,
            "body_removed_at": proof.body_removed_at,
            "file": _letter_file(proof),
        }
        for proof in proofs
    ]
    events = [
        {
            "notice_id": proof.notice_id, "event_no": number, "occurred_at": event.occurred_at,
            "state_from": event.state_from, "state_to": event.state_to, "reply": event.reply,
        }
        for proof in proofs
        for number, event in enumerate(proof.events, start=1)
    ]
    return {
        "notice": records("notice", notices), "delivery_event": records("delivery_event", events)
    }


def _letter_file(proof: Proof) -> str | None:
    """Where a letter is in the dossier, unless it certainly reached nobody or was removed.

    Nothing of the name comes from a customer.
    """
    if proof.state not in (SENT, UNKNOWN) or proof.body_removed_at is not None:
        return None
    if not _NOTICE_ID.fullmatch(proof.notice_id):
        raise DataError(f"the outbox holds a notice whose key is none: {proof.notice_id!r}")
    return f"{LETTERS}{proof.as_of_date}_{proof.notice_id}.eml"


def _about(case: Case, customer_id: str) -> dict[str, Any]:
    """What the chain is bound to."""
    night, manifest = case.night, case.night.manifest()
    return {
        "case_reference": case_reference(night.legal_entity_id, customer_id),
        "legal_entity_id": night.legal_entity_id,
        "creditor_name": case.entity.name,
        "customer_id": customer_id,
        "as_of_date": night.as_of_date.isoformat(),
        "known_at": night.known_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "policy_version": manifest["policy_version"],
        "night_fingerprint": manifest["output_hash"],
        "code_version": __version__,
    }


def _files(
    about: dict[str, Any], tables: dict[str, list[Record]], proofs: Sequence[Proof]
) -> dict[str, bytes]:
    """Everything but the PDF and the chain, in the order of the chain."""
    ordered = {name: tables[name] for name in TABLES}
    files = {"data/case.json": json_bytes({"about": about, **ordered})}
    files |= {f"data/{name}.csv": csv_bytes(name, rows) for name, rows in ordered.items()}
    for proof in proofs:
        if proof.body_removed_at is not None:
            continue
        if hashlib.sha256(proof.message).hexdigest() != proof.body_sha256:
            raise DataError(f"letter {proof.notice_id}: the outbox's bytes are not those frozen; "
                            "it proves nothing until somebody finds out why")
        if name := _letter_file(proof):
            files[name] = proof.message
    return files


def _chained(
    case: Case, about: dict[str, Any], tables: dict[str, list[Record]], files: dict[str, bytes],
    language: str,
) -> tuple[dict[str, bytes], str]:
    """All files with the PDF and the chain behind them, and the chain's head."""
    previous = first_link(about)
    entries = []
    for n, (name, content) in enumerate(files.items(), start=1):
        entries.append(link(n, name, content, previous))
        previous = entries[-1]["hash"]
    letters = {name: content for name, content in files.items() if name.startswith(LETTERS)}
    pdf = document(
        about, tables, letters, entries, creditor=case.entity, known_at=case.night.known_at,
        language=language,
    )
    entries.append(link(len(entries) + 1, PDF, pdf, previous))
    head: str = entries[-1]["hash"]
    chain = {"about": about, "data_head": previous, "head": head, "entries": entries}
    return {**files, PDF: pdf, CHAIN: json_bytes(chain)}, head
