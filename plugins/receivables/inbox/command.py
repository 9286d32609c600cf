"""`receivables inbox`: read what came in, and say what it means."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from receivables.inbox.box import InboundMessage
    from receivables.settings import Settings

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE, FAILED = 0, 1
# Those of the inbox's schema, which would load the database's library to print a help text.
OUTCOMES = ("paid", "promised", "disputed", "wrong_person", "note")


def add_inbox(commands: Any, command: AddCommand) -> None:
    """Describe `receivables inbox` and what can be done with it."""
    help_text = "Read what came back to letters, and say what replies mean."
    parser = commands.add_parser(
        "inbox", help=help_text, description=f"{help_text} Each takes --settings and --json."
    )
    actions = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command(
        actions, "read",
        "Record the mails that came in. In Airflow receivables_inbox does it. Fails if somebody "
        "has to look after the sending of mail.", _read,
    )
    command(actions, "list", "List what waits for a person: replies, complaints, odd mails.", _list)
    for name, help_text, run in (
        ("show", "Show a mail: what it was taken for, and its own words.", _show),
        ("confirm", "Say what a mail means; the next night knows it.", _confirm),
        ("dismiss", "Say that a mail means nothing for the debt; it pauses nothing.", _dismiss),
    ):
        action = command(actions, name, help_text, run)
        action.add_argument("inbound_id", metavar="ID", help="as `receivables inbox list` says it")
        if name == "confirm":
            action.add_argument("--outcome", choices=OUTCOMES, required=True, help="what it says")
        if name != "show":
            action.add_argument("--because", metavar="TEXT", help="a remark; it is recorded")


def _settings(arguments: argparse.Namespace) -> Settings:
    from receivables import settings

    named = arguments.settings
    return settings.load(named) if named else settings.installed(os.environ)


def _outside() -> dict[str, Any]:
    from receivables.connections import connection

    return {"resolve": lambda connection_id: connection(connection_id, os.environ)}


def _read(arguments: argparse.Namespace) -> int:
    from receivables.inbox.read import read_inbox
    from receivables.report import print_result

    report = read_inbox(
        _settings(arguments), **_outside(), now=datetime.now(UTC),
        progress=lambda line: print(line, file=sys.stderr, flush=True),
    )
    print_result(asdict(report), as_json=arguments.json)
    return FAILED if report.alerts else DONE


def _list(arguments: argparse.Namespace) -> int:
    from receivables.inbox import resolution

    messages = resolution.waiting(_settings(arguments), **_outside())
    if arguments.json:
        print(json.dumps([asdict(message) for message in messages], default=str, indent=2))
        return DONE
    for message in messages:
        print(_line(message))
    if not messages:
        print("nothing waits to be read")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from receivables.inbox import resolution

    message, mail = resolution.shown(_settings(arguments), arguments.inbound_id, **_outside())
    told = asdict(message) | ({} if mail is None else {
        "from": _printable(mail.sender), "subject": _printable(mail.subject),
        "text": _printable(mail.text),
    })
    if arguments.json:
        print(json.dumps(told, default=str, indent=2, ensure_ascii=False))
        return DONE
    print("\n".join(f"{name}: {value}" for name, value in told.items() if value is not None))
    if mail is None:
        print("its words are not kept any more, or cannot be read")
    return DONE


def _confirm(arguments: argparse.Namespace) -> int:
    from receivables.inbox import resolution

    message = resolution.confirm(
        _settings(arguments), arguments.inbound_id, outcome=arguments.outcome,
        because=arguments.because, now=datetime.now(UTC), **_outside(),
    )
    return _done(arguments, message, f"confirmed: {arguments.outcome}")


def _dismiss(arguments: argparse.Namespace) -> int:
    from receivables.inbox import resolution

    message = resolution.dismiss(
        _settings(arguments), arguments.inbound_id, because=arguments.because,
        now=datetime.now(UTC), **_outside(),
    )
    return _done(arguments, message, "dismissed")


def _done(arguments: argparse.Namespace, message: InboundMessage, what: str) -> int:
    from receivables.report import print_result

    print_result({message.inbound_id: what}, as_json=arguments.json)
    return DONE


def _line(message: InboundMessage) -> str:
    whose = "of nobody known" if message.customer_id is None else (
        f"{message.legal_entity_id} customer {message.customer_id} (by {message.matched_by})"
    )
    return (
        f"{message.inbound_id} {message.received_at:%Y-%m-%d %H:%M} {message.kind}, seems "
        f"{message.classified}: {whose}"
    )


def _printable(text: str) -> str:
    """Text that does nothing to a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
