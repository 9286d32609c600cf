"""`receivables privacy …`: what they take, and what they print."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from receivables.connections import connection
from receivables.errors import WrongUse

if TYPE_CHECKING:
    from receivables.connections import Connection
    from receivables.privacy.person import Person
    from receivables.settings import Settings

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE = 0

PRIVACY = "Tell a person what is held about them, erase them, or remove what is past its time."
ERASE = (
    "Overwrite who a person is, and how to reach them, in the landing and in every night, and "
    "remove the text of letters to them. Refused while their customer owes anything. It cannot be "
    "undone; what it does not reach is listed in docs/privacy.md."
)


def add_privacy(commands: Any, command: AddCommand) -> None:
    """Describe `receivables privacy`."""
    parser = commands.add_parser(
        "privacy", help=PRIVACY, description=f"{PRIVACY} Each takes --settings and --json."
    )
    actions = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    export = command(
        actions, "export",
        "Write all that is held about a person: person.json, and letters/ as they were sent.",
        _export,
    )
    export.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="folder to write; must be new or empty; only its owner can read it",
    )
    erase = command(actions, "erase", ERASE, _erase)
    erase.add_argument("--by", required=True, metavar="NAME", help="who erases; it is registered")
    erase.add_argument(
        "--because", required=True, metavar="REASON",
        help="who asked for it, where that is filed; it is registered: name no person",
    )
    erase.add_argument(
        "--force-reason", metavar="REASON", help="why, although their customer still owes"
    )
    for asked in (export, erase):
        asked.add_argument("contact_id", nargs="?", metavar="CONTACT_ID", help="by the ERP's id")
        asked.add_argument("--email", metavar="ADDRESS", help="or by an address they have, or had")
        asked.add_argument("--entity", required=True, metavar="E", help="the legal entity")
    command(
        actions, "purge",
        "Remove the text of letters whose time is over (privacy.letter_days in the settings). In "
        "Airflow receivables_purge does so every day.", _purge,
    )


def _export(arguments: argparse.Namespace) -> int:
    from receivables.privacy.export import export

    loaded = _settings(arguments)
    person = _person(loaded, arguments)
    _print(arguments, export(loaded, person, resolve=_resolve, out=arguments.out))
    return DONE


def _erase(arguments: argparse.Namespace) -> int:
    from receivables.privacy.erasure import erase

    loaded = _settings(arguments)
    for name in ("by", "because", "force_reason"):
        if getattr(arguments, name) is not None and not getattr(arguments, name).strip():
            raise WrongUse(f"--{name.replace('_', '-')}: is empty; it is what the register says")
    report = erase(
        loaded, _person(loaded, arguments), by=arguments.by, because=arguments.because,
        although=arguments.force_reason, resolve=_resolve, now=datetime.now(UTC),
        progress=_progress,
    )
    _print(arguments, asdict(report))
    return DONE


def _purge(arguments: argparse.Namespace) -> int:
    from receivables.privacy.purge import purge

    report = purge(
        _settings(arguments), resolve=_resolve, now=datetime.now(UTC), progress=_progress
    )
    _print(arguments, asdict(report))
    return DONE


def _settings(arguments: argparse.Namespace) -> Settings:
    from receivables import settings

    named = arguments.settings
    return settings.load(named) if named else settings.installed(os.environ)


def _person(loaded: Settings, arguments: argparse.Namespace) -> Person:
    from receivables.privacy.person import find

    if arguments.entity not in loaded.entities:
        raise WrongUse(f"--entity {arguments.entity}: unknown; {loaded.file} has "
                       f"{', '.join(loaded.entities)}")
    if (arguments.contact_id is None) == (arguments.email is None):
        raise WrongUse("say whom: CONTACT_ID, or --email ADDRESS")
    return find(
        loaded, arguments.entity, contact_id=arguments.contact_id, email=arguments.email
    )


def _resolve(connection_id: str) -> Connection:
    return connection(connection_id, os.environ)


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    from receivables.report import print_result

    print_result(result, as_json=arguments.json)
