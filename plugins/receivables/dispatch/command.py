"""`receivables suppression` and `receivables letters`: what they take, and what they print."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from receivables.errors import WrongUse

if TYPE_CHECKING:
    from receivables.dispatch.outbox import Outbox

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE = 0
LETTERS = "Write one page with every letter that we write, for whoever edits the templates."
HOW = """ Each step in each language, as HTML, plain text and PDF, with made-up customers (several
currencies, long and hostile names, many invoices). Edit a file of include/templates
(<step>/<language>/wording.yaml: the subject and the paragraphs of a step; labels/<language>.yaml:
what all letters share; layout/: how HTML, text and PDF are set), run it again and reload the page.
A sentence that asks for what it cannot have is refused. Nothing is read but the templates, and
nobody is written to."""


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


def add_letters(commands: Any, command: AddCommand) -> None:
    """Describe `receivables letters`."""
    parser = command(commands, "letters", LETTERS, _letters)
    parser.description = LETTERS + HOW
    parser.add_argument(
        "--output", type=Path, default=Path("letters"), metavar="DIR",
        help="where letters.html and its PDFs are written (default ./%(default)s)",
    )
    parser.add_argument("--step", action="append", metavar="STEP",
                        help="only this step's letters; may be repeated")
    parser.add_argument("--language", action="append", metavar="LANGUAGE",
                        help="only in this language; may be repeated")


def _letters(arguments: argparse.Namespace) -> int:
    from receivables.dispatch.gallery import write_gallery
    from receivables.dispatch.templates import LANGUAGES, STEPS
    from receivables.report import print_result

    steps, languages = arguments.step or STEPS, arguments.language or LANGUAGES
    for option, asked, known in (
        ("--step", steps, STEPS), ("--language", languages, LANGUAGES)
    ):
        if unknown := sorted(set(asked) - set(known)):
            raise WrongUse(f"{option} {unknown[0]}: unknown; there are {', '.join(known)}")
    file = write_gallery(
        arguments.output, steps=steps, languages=languages,
        progress=lambda line: print(line, file=sys.stderr, flush=True),
    )
    print_result({"letters": str(file)}, as_json=arguments.json)
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
