"""`receivables letters`: what it takes, and what it prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE = 0

LETTERS = "Write one page with every letter that we write, for whoever edits the templates."
HOW = """ Each step in each language, as HTML, plain text and PDF, with made-up customers (several
currencies, long and hostile names, many invoices). Edit a file of include/templates
(<step>/<language>/wording.yaml: the subject and the paragraphs of a step; labels/<language>.yaml:
what all letters share; layout/: how HTML, text and PDF are set), run it again and reload the page.
A sentence that asks for what it cannot have is refused. Nothing is read but the templates, and
nobody is written to."""


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
    from receivables.errors import WrongUse
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
