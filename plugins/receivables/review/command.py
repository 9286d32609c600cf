"""`receivables review …`: letters whose fate nobody knows, without a mail server."""

from __future__ import annotations

import argparse
import getpass
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from receivables.review import Reviewer

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE = 0

REVIEW = (
    "List the letters whose fate nobody knows (their answer was lost), and say what became of them."
)
LIST = "List them: most of those whose dispatcher died have gone. No step follows them meanwhile."
MATCH = (
    "Find those that the mail server surely took, by Message-ID, in a maildir, a folder of .eml "
    "files, an mbox, or the relay's log as text (`status=sent`)."
)
MARK_SENT = "Record that a letter went: its case goes on."
RESEND = "Send a letter once more, the same bytes under the same Message-ID. It may arrive twice."
CANCEL = "Record that a letter did not go and shall not: the next night writes its step anew."
RESTORE = (
    "After the outbox was restored from a backup, or home lost its journal: record what only the "
    "journal knows as unknown letters; without a journal, begin one."
)


def add_review(commands: Any, command: AddCommand, instant: Callable[[str], datetime]) -> None:
    """Describe `receivables review`; `instant` reads an instant."""
    parser = commands.add_parser(
        "review", help=REVIEW, description=f"{REVIEW} Each takes --settings and --json."
    )
    actions = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command(actions, "list", LIST, _list)
    match = command(actions, "match", MATCH, _match)
    match.add_argument("path", type=Path, metavar="PATH", help="where to look")
    match.add_argument("--apply", action="store_true", help="mark what was found as sent")
    for name, help_text, run in (
        ("mark-sent", MARK_SENT, _mark_sent), ("resend", RESEND, _resend),
        ("cancel", CANCEL, _cancel), ("restore", RESTORE, _restore),
    ):
        answer = command(actions, name, help_text, run)
        if name != "restore":
            answer.add_argument("notice_id", metavar="ID", help="the notice, see list")
        answer.add_argument("--because", required=True, metavar="TEXT", help="why; it is recorded")
        if name == "resend":
            answer.add_argument("--until", type=instant, required=True, metavar="INSTANT",
                                help="when it is too late for it (2026-04-01T16:00:00Z)")
    for answer in actions.choices.values():
        answer.add_argument("--by", metavar="NAME", default=None,
                            help="who says so; default: the user of this machine")


def _reviewer(arguments: argparse.Namespace) -> Reviewer:
    from receivables import settings
    from receivables.connections import connection
    from receivables.review import Reviewer

    named = arguments.settings
    return Reviewer(
        settings=settings.load(named) if named else settings.installed(os.environ),
        resolve=lambda connection_id: connection(connection_id, os.environ),
        by=arguments.by or getpass.getuser(),
        now=datetime.now(UTC),
    )


def _list(arguments: argparse.Namespace) -> int:
    letters = _reviewer(arguments).unknown()
    if arguments.json:
        print(json.dumps([asdict(letter) for letter in letters], default=str, indent=2))
        return DONE
    for letter in letters:
        print(
            f"{letter.notice_id} {letter.legal_entity_id} {letter.step} to customer "
            f"{letter.customer_id}, {letter.amount_text}, night of {letter.as_of_date}, armed "
            f"{letter.armed_at:%Y-%m-%d %H:%M} UTC, Message-ID {letter.message_id}: "
            f"{letter.last_reply}"
        )
    if not letters:
        print("the fate of every letter is known")
    return DONE


def _match(arguments: argparse.Namespace) -> int:
    found = _reviewer(arguments).match(arguments.path, is_applied=arguments.apply)
    if arguments.json:
        print(json.dumps(found, indent=2))
        return DONE
    done = "marked sent" if arguments.apply else "went; --apply marks it sent"
    for notice_id, proof in found.items():
        print(f"{notice_id}: {done}: {proof}")
    if not found:
        print(f"{arguments.path}: none of the unknown letters is in there")
    return DONE


def _mark_sent(arguments: argparse.Namespace) -> int:
    _reviewer(arguments).mark_sent(arguments.notice_id, because=arguments.because)
    return _answered(arguments, "sent")


def _resend(arguments: argparse.Namespace) -> int:
    _reviewer(arguments).resend(
        arguments.notice_id, until=arguments.until, because=arguments.because
    )
    return _answered(arguments, "released once more")


def _cancel(arguments: argparse.Namespace) -> int:
    _reviewer(arguments).cancel(arguments.notice_id, because=arguments.because)
    return _answered(arguments, "withdrawn")


def _restore(arguments: argparse.Namespace) -> int:
    from receivables.report import print_result

    print_result(_reviewer(arguments).restore(because=arguments.because), as_json=arguments.json)
    return DONE


def _answered(arguments: argparse.Namespace, state: str) -> int:
    from receivables.report import print_result

    print_result({arguments.notice_id: state}, as_json=arguments.json)
    return DONE
