"""The command `receivables`: the same stages that Airflow runs, without Airflow."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from receivables import __version__, command, demo_erp
from receivables.approval.command import add_approve
from receivables.command import FAILED, WRONG_USE
from receivables.dispatch.command import add_letters, add_suppression
from receivables.errors import (
    AuditFailed,
    DataError,
    PolicyError,
    SettingsError,
    TransientError,
    WrongUse,
)
from receivables.hand_over.command import add_dossier, add_hand_over
from receivables.inbox.command import add_inbox
from receivables.plan import arguments as policy_arguments
from receivables.privacy.command import add_privacy
from receivables.review.command import add_review

DESCRIPTION = """\
Receivables: the nightly pipeline that gets a company paid.

A night reads the ERP, validates, works out balances, decides about every open item, and publishes.
Only a released night of the newest closed day drafts letters; only `dispatch` sends them.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 the night failed its audits or the data, 2 wrong use."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        return arguments.run(arguments)
    except (WrongUse, SettingsError, PolicyError) as wrong:
        print(f"receivables: {wrong}", file=sys.stderr)
        return WRONG_USE
    except (AuditFailed, DataError, TransientError) as failed:
        print(f"receivables: {failed}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="receivables", description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_night(commands)
    _add_stages(commands)
    _add_accept(commands)
    _add_compact(commands)
    add_approve(commands, _command)
    _add_dispatch(commands)
    add_suppression(commands, _command)
    add_review(commands, _command, _instant)
    add_inbox(commands, _command)
    _add_replay(commands)
    _add_policy(commands)
    _add_why(commands)
    _add_status(commands)
    add_hand_over(commands, _command)
    add_dossier(commands, _command)
    add_letters(commands, _command)
    add_privacy(commands, _command)
    _add_interest(commands)
    _add_rates(commands)
    _add_demo_erp(commands)
    return parser


def _command(
    commands: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.add_argument(
        "--settings", type=Path, metavar="FILE",
        help="the installation's settings; default: RECEIVABLES_SETTINGS, else "
             "include/settings.yaml",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)
    return parser


def _add_day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as-of", type=_day, metavar="D",
        help="the business day (2026-03-31); default: the newest one that is over",
    )
    parser.add_argument(
        "--entity", action="append", metavar="E",
        help="only this legal entity; may be repeated; default: all",
    )
    parser.add_argument(
        "--known-at", type=_instant, metavar="K",
        help="as known at this instant (2026-04-01T02:00:00Z): a restatement, kept beside the "
             "official night, never mailed",
    )


def _add_night(commands: Any) -> None:
    parser = _command(
        commands, "night",
        "Run all stages but dispatch for one day. Running it again changes nothing.",
        command.night,
    )
    _add_day(parser)
    _add_release(parser)


def _add_release(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--release", metavar="REASON",
        help="draft the notices although no schedule started this night; the reason is recorded, "
             "and answers for breakers that have no history to judge by yet. Only the newest "
             "closed day can be released",
    )


def _add_stages(commands: Any) -> None:
    stages = {
        "extract": "Land the ERP's tables and open the night.",
        "validate": "Sort landed rows into the ledger or the quarantine.",
        "balance": "Work out open items, interest and credits.",
        "select": "Decide about every open item and list the notices.",
        "publish": "Audit the night, publish it, and draft its notices if it is released.",
    }
    for name, help_text in stages.items():
        parser = _command(commands, name, help_text, command.stage)
        parser.set_defaults(stage=name)
        _add_day(parser)
        if name == "publish":
            _add_release(parser)
        if name == "extract":
            parser.add_argument(
                "--full", action="store_true",
                help="read every table whole, even if the source is incremental, and even if the "
                     "night is open already (it stays on what it was opened with)",
            )


def _add_accept(commands: Any) -> None:
    parser = _command(
        commands, "accept",
        "Say why a flagged night is sound, so that the breakers that tripped no longer forbid its "
        "notices. Publish it again after that.",
        command.accept,
    )
    parser.add_argument("--as-of", type=_day, metavar="D", required=True, help="the business day")
    parser.add_argument("--entity", action="append", metavar="E", required=True,
                        help="the legal entity; may be repeated")
    parser.add_argument("--because", metavar="REASON", required=True,
                        help="who looked at it, and why it is right; the reason is recorded")


def _add_compact(commands: Any) -> None:
    _command(
        commands, "compact",
        "Keep what older extracts know in one file a table, each row once. What was known at any "
        "instant stays as it was; the next extract removes the files that are needed no more.",
        command.compact,
    )


def _add_dispatch(commands: Any) -> None:
    parser = _command(
        commands, "dispatch",
        "Hand over the letters in the outbox. In sink mode (the default) they are stored as files.",
        command.dispatch,
    )
    parser.add_argument(
        "--resume", metavar="REASON",
        help="let letters leave again after a stop that `receivables status` shows: who mended "
             "what; the reason is recorded",
    )


def _add_replay(commands: Any) -> None:
    parser = _command(
        commands, "replay",
        "Rebuild a published night from what was known then and compare every table's hash.",
        command.replay,
    )
    parser.add_argument("as_of", type=_day, metavar="D", help="the business day")
    parser.add_argument("--entity", action="append", metavar="E", help="only this legal entity")


def _add_policy(commands: Any) -> None:
    plan = _command(commands, "plan", "Show what a policy would change tonight.", command.plan)
    policy_arguments.add_plan(plan, _day)
    apply = _command(commands, "apply", "Install a policy as it was planned.", command.apply)
    policy_arguments.add_apply(apply)
    backtest = _command(
        commands, "backtest", "Decide past nights under a policy.", command.backtest
    )
    policy_arguments.add_backtest(backtest, _day)


def _add_why(commands: Any) -> None:
    parser = _command(
        commands, "why", "Say in words why an invoice was, or was not, written about.",
        command.why,
    )
    parser.add_argument("invoice", metavar="INVOICE", help="its number or its id")
    parser.add_argument("--as-of", type=_day, metavar="D", help="the night; default: the newest")


def _add_status(commands: Any) -> None:
    _command(
        commands, "status", "Show the newest night: what came in, what is owed, what was decided, "
        "what was sent, and where to look next.", command.status,
    )


def _add_interest(commands: Any) -> None:
    parser = _command(
        commands, "interest",
        "Work out the late-payment interest of the cases in a file; always prints JSON.",
        command.interest,
    )
    parser.add_argument("cases", type=Path, metavar="CASES.json", help="claims with their rules")


def _add_rates(commands: Any) -> None:
    help_text = "See how far the reference rates of interest reach, or add values to them."
    parser = commands.add_parser(
        "rates", help=help_text, description=f"{help_text} Each takes --settings and --json."
    )
    actions = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    checking = _command(
        actions, "check",
        "Say of each reference series what is known, has one source only, or is recalled, and when "
        "it runs out. Fails if one that a legal entity's rule needs runs out within thirty days.",
        command.check_rates,
    )
    checking.add_argument("--as-of", type=_day, metavar="D", help="seen from here; default: today")
    importing = _command(
        actions, "import",
        "Add values with their source to the reference series, all of them or none. A known value "
        "is never changed: the same from another source becomes its second source, a different "
        "one is refused. They go into include/rates/ of this installation: commit them there (in "
        "a container they are gone with it, unless include/ is kept outside).",
        command.import_rates,
    )
    importing.add_argument(
        "file", type=Path, metavar="FILE",
        help="a CSV with the columns of include/rates/*.csv after a column `series`; status is "
             "FOUND or DERIVED",
    )


def _add_demo_erp(commands: Any) -> None:
    parser = _command(
        commands, "demo-erp", "Write a seeded demonstration ERP to run a night on.",
        lambda arguments: demo_erp.run(arguments, today=datetime.now(UTC).date()),
    )
    demo_erp.add_arguments(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day; write one such as 2026-03-31"
        ) from None


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no instant; write one such as 2026-04-01T02:00:00Z"
        )
    return instant.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
