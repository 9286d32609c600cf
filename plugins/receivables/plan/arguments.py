"""The arguments of `plan`, `apply` and `backtest`, and what their help teaches."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

PLAN = """\
Show what a policy would change: whom the newest night would write to and did not, whom no longer,
who gets another step, what is claimed, how much work it is, and what the linter finds. Nothing is
sent and nothing is installed. Each legal entity's newest published night is decided twice, under
the policies as they are installed and with FILE in place of one of them, so that whatever differs
comes of the policy alone.

  cp include/policies/standard.yaml new.yaml     change it: who decided, and from when it is valid
  receivables plan --policy new.yaml --name standard
  receivables apply --policy new.yaml --name standard --plan HASH
"""

APPLY = """\
Install a policy, if it does what its plan said. The plan is made afresh on the newest nights, and
the new version is written after those in include/policies/ if the hash is the same. If a night has
run since, or the file has changed, nothing is installed: make a new plan and read it. It takes
effect on its valid_from; nights before it keep the policy that they used.
"""

BACKTEST = """\
Decide past nights under a policy, each on what that policy would have sent before. What the nights
knew is what they knew in truth: customers pay, dispute and promise as they did. A notice that was
really sent has its real fate; one that never was counts as sent on the morning after. Where the
real night sent none of its notices, the policy sends none. Before FROM, history is what it was.

The policy that was in force gives the decision ledger again, row for row: try that first.
"""


def add_plan(parser: argparse.ArgumentParser, day: Callable[[str], date]) -> None:
    """The arguments of `receivables plan`."""
    _teach(parser, PLAN)
    _add_policy(parser)
    parser.add_argument(
        "--as-of", type=day, metavar="D",
        help="the night of this business day; default: the newest that is published. Only a plan "
             "on the newest can be applied",
    )
    _add_entity(parser)


def add_apply(parser: argparse.ArgumentParser) -> None:
    """The arguments of `receivables apply`."""
    _teach(parser, APPLY)
    _add_policy(parser)
    parser.add_argument(
        "--plan", metavar="HASH", required=True,
        help="the hash that `receivables plan` printed, of all legal entities that use the policy",
    )


def add_backtest(parser: argparse.ArgumentParser, day: Callable[[str], date]) -> None:
    """The arguments of `receivables backtest`."""
    _teach(parser, BACKTEST)
    _add_policy(parser)
    parser.add_argument("--from", dest="from_date", type=day, metavar="D1", required=True,
                        help="the first business day (2026-01-01)")
    parser.add_argument("--to", dest="until_date", type=day, metavar="D2", required=True,
                        help="the last business day (2026-03-31)")
    _add_entity(parser)


def _teach(parser: argparse.ArgumentParser, description: str) -> None:
    parser.description = description
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def _add_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--policy", type=Path, metavar="FILE", required=True,
                        help="the policy, written as those in include/policies/ are")
    parser.add_argument("--name", metavar="NAME",
                        help="the policy that it stands in for; default: FILE's own name")


def _add_entity(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--entity", action="append", metavar="E",
                        help="only this legal entity; may be repeated; default: all that use the "
                             "policy")
