"""`receivables hand-over …` and `receivables dossier …`: what they take, and what they print."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from receivables.lake import Night
    from receivables.settings import Settings

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE, FAILED = 0, 1
LANGUAGES = ("de", "en", "es", "fr", "it", "pt", "ru")

HAND_OVER = "Write what is handed over to an agency or a bank, of the night that proposes it."
DOSSIER = "Build the dossier of a customer's debt for a lawyer or a court, or verify one."


def add_hand_over(commands: Any, command: AddCommand) -> None:
    """Describe `receivables hand-over`."""
    actions = _group(commands, "hand-over", HAND_OVER)
    agency = command(
        actions, "agency",
        "Write the agency file (CSV and JSON) of the items that the night proposes to hand over. "
        "docs/hand_over.md explains every field.", _agency,
    )
    of = agency.add_mutually_exclusive_group(required=True)
    of.add_argument("--customer", metavar="C", help="only this customer")
    of.add_argument("--all", action="store_true", help="every customer")
    protest = command(
        actions, "protest",
        "Write the protest remittance (CSV and JSON): registered boletos past due, with what a "
        "bank needs to have them protested.", _protest,
    )
    protest.add_argument(
        "--days-past-due", type=int, required=True, metavar="N",
        help="only titles at least so many days past due; say it each time, for a protest is "
             "public and hard to take back",
    )
    for parser in (agency, protest):
        _add_night(parser)
        _add_out(parser)


def add_dossier(commands: Any, command: AddCommand) -> None:
    """Describe `receivables dossier`."""
    actions = _group(commands, "dossier", DOSSIER)
    build = command(
        actions, "build",
        "Write the dossier of a customer: one PDF, its data, the letters as they were sent, and a "
        "hash chain over all. Prints the chain's head: note it where nobody can change it.", _build,
    )
    build.add_argument("customer", metavar="CUSTOMER", help="the customer's id")
    build.add_argument(
        "--language", choices=LANGUAGES, default="en",
        help="of the PDF's headings (default %(default)s); letters stay as they were sent",
    )
    _add_night(build)
    _add_out(build)
    verify = command(
        actions, "verify",
        "Name the first file of a dossier that was changed, removed, added or reordered since it "
        "was built.", _verify,
    )
    verify.add_argument("directory", type=Path, metavar="DIR", help="the dossier's folder")
    verify.add_argument(
        "--head", metavar="HASH",
        help="the head that was printed when it was built; without it, a chain that somebody wrote "
             "anew for changed files is not found out",
    )


def _group(commands: Any, name: str, help_text: str) -> Any:
    parser = commands.add_parser(
        name, help=help_text, description=f"{help_text} Each takes --settings and --json."
    )
    return parser.add_subparsers(title="commands", required=True, metavar="COMMAND")


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="folder to write; must be new or empty; only its owner can read it",
    )


def _add_night(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as-of", type=date.fromisoformat, metavar="D",
        help="the business day (2026-03-31); default: each legal entity's newest night",
    )
    parser.add_argument(
        "--entity", action="append", metavar="E",
        help="only this legal entity; may be repeated; default: all",
    )


def _asked(arguments: argparse.Namespace) -> tuple[Settings, list[Night]]:
    """The settings, and the nights that were asked for."""
    from receivables import settings
    from receivables.hand_over.case import official_nights

    named = arguments.settings
    loaded = settings.load(named) if named else settings.installed(os.environ)
    return loaded, official_nights(loaded, as_of_date=arguments.as_of, entities=arguments.entity)


def _print(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    from receivables.report import print_result

    print_result(result, as_json=arguments.json)


def _agency(arguments: argparse.Namespace) -> int:
    from receivables.hand_over.agency import write_agency_files

    loaded, nights = _asked(arguments)
    counts = write_agency_files(
        loaded, nights, customer_id=arguments.customer, out=arguments.out
    )
    _print(arguments, {name: f"{items} items" for name, items in counts.items()})
    return DONE


def _protest(arguments: argparse.Namespace) -> int:
    from receivables.hand_over.protest import write_protest_remittances

    loaded, nights = _asked(arguments)
    counts = write_protest_remittances(
        loaded, nights, days_past_due_min=arguments.days_past_due, out=arguments.out
    )
    _print(arguments, {name: f"{titles} titles" for name, titles in counts.items()})
    return DONE


def _build(arguments: argparse.Namespace) -> int:
    from receivables.connections import connection
    from receivables.hand_over.dossier import build_dossier

    loaded, nights = _asked(arguments)
    head = build_dossier(
        loaded, nights, arguments.customer, language=arguments.language, out=arguments.out,
        resolve=lambda connection_id: connection(connection_id, os.environ),
    )
    _print(arguments, {"dossier": str(arguments.out), "head": head})
    return DONE


def _verify(arguments: argparse.Namespace) -> int:
    from receivables.hand_over.chain import verify

    fault = verify(arguments.directory, head=arguments.head)
    _print(arguments, {"verified": fault is None, "first_fault": fault or "none"})
    return DONE if fault is None else FAILED
