"""`receivables suppression`: which addresses get no letters, and to whom they go again."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from receivables.errors import WrongUse

if TYPE_CHECKING:
    from receivables.dispatch.outbox import Outbox

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE = 0


def add_suppression(commands: Any, command: AddCommand) -> None:
    """Describe `receivables suppression`."""
    help_text = "See which addresses get no letters for a while, and why; let them get some again."
    parser = commands.add_parser(
        "suppression", help=help_text, description=f"{help_text} Each takes --settings and --json."
    )
    actions = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command(
        actions, "list",
        "Print the suppressed addresses, each with reason, days and reply codes: the one command "
        "that prints addresses of people, for whoever has to find a better one.", _list,
    )
    lifting = command(
        actions, "lift",
        "Let letters go to an address again. What was refused before that is not held against it.",
        _lift,
    )
    lifting.add_argument("address", metavar="ADDRESS", help="as `suppression list` prints it")
    lifting.add_argument("--because", metavar="REASON", required=True,
                         help="who found that it takes letters, and how; the reason is recorded")


def _list(arguments: argparse.Namespace) -> int:
    with _outbox(arguments) as outbox:
        found = outbox.suppressions(datetime.now(UTC))
    if arguments.json:
        print(json.dumps([asdict(each) for each in found], default=str, indent=2))
        return DONE
    for each in found:
        until = "for good" if each.until is None else f"until {each.until:%Y-%m-%d}"
        print(f"{each.address}: {each.reason} ({each.evidence}), since {each.since:%Y-%m-%d}, "
              f"{until}")
    if not found:
        print("no address is suppressed")
    return DONE


def _lift(arguments: argparse.Namespace) -> int:
    if not arguments.because.strip():
        raise WrongUse("--because: say why letters may go to the address again")
    with _outbox(arguments) as outbox:
        lifted = outbox.lift_suppression(
            arguments.address, because=arguments.because, now=datetime.now(UTC)
        )
    if not lifted:
        raise WrongUse("the address is not suppressed, see `receivables suppression list`")
    print("lifted; the next night may write to it")
    return DONE


@contextmanager
def _outbox(arguments: argparse.Namespace) -> Iterator[Outbox]:
    from receivables import settings
    from receivables.connections import connection, resolved_url
    from receivables.dispatch.outbox import Outbox

    named = arguments.settings
    loaded = settings.load(named) if named else settings.installed(os.environ)
    url = resolved_url(loaded.outbox_url, lambda name: connection(name, os.environ))
    outbox = Outbox(url)
    try:
        yield outbox
    finally:
        outbox.close()
