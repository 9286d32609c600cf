"""What each command does, once its arguments are read; the exit code comes back."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from receivables import settings
from receivables.connections import connection
from receivables.errors import WrongUse
from receivables.settings import Settings

if TYPE_CHECKING:
    from receivables.replay import Replay

DONE, FAILED, WRONG_USE = 0, 1, 2


def _settings(arguments: argparse.Namespace) -> Settings:
    named = arguments.settings
    return settings.load(named) if named else settings.installed(os.environ)


def _run(arguments: argparse.Namespace) -> tuple[Any, list[str]]:
    """The run that was asked for, and its legal entities."""
    from receivables.run import Run

    loaded = _settings(arguments)
    now = datetime.now(UTC)
    chosen = list(dict.fromkeys(getattr(arguments, "entity", None) or loaded.entities))
    for name in chosen:
        if name not in loaded.entities:
            known = ", ".join(loaded.entities)
            raise WrongUse(f"--entity {name}: unknown; {loaded.file} has {known}")
    as_of_date = getattr(arguments, "as_of", None) or min(
        loaded.entities[name].newest_closed_day(now) for name in chosen
    )
    run = Run(
        settings=loaded,
        as_of_date=as_of_date,
        now=now,
        resolve=lambda connection_id: connection(connection_id, os.environ),
        progress=_progress,
        known_at=getattr(arguments, "known_at", None),
        release=getattr(arguments, "release", None),
    )
    return run, chosen


def night(arguments: argparse.Namespace) -> int:
    """Run a night."""
    from receivables import night as stages
    from receivables.report import print_publish_reports

    run, chosen = _run(arguments)
    reports = stages.night(run, chosen)
    print_publish_reports(reports, as_json=arguments.json)
    return DONE


def stage(arguments: argparse.Namespace) -> int:
    """Run one stage of a night."""
    from receivables import night
    from receivables.report import print_publish_reports, print_result

    run, chosen = _run(arguments)
    if arguments.stage == "extract":
        sources = [run.settings.source_of(entity).name for entity in chosen]
        landed, failures = night.extract_each(run, sources, full=arguments.full)
        print_result(
            {source: e.extract_id if e else None for source, e in landed.items()},
            as_json=arguments.json,
        )
        night.raise_together(failures)
    elif arguments.stage == "publish":
        reports = [night.publish(run, entity) for entity in chosen]
        print_publish_reports(reports, as_json=arguments.json)
    else:
        stage = getattr(night, arguments.stage)
        folders = {entity: str(stage(run, entity).folder) for entity in chosen}
        print_result(folders, as_json=arguments.json)
    return DONE


def accept(arguments: argparse.Namespace) -> int:
    """Record why a night whose breakers tripped is sound."""
    from receivables import night as stages
    from receivables.report import print_result

    run, chosen = _run(arguments)
    accepted = {e: stages.accept(run, e, because=arguments.because) for e in chosen}
    print_result(
        {entity: "accepted: " + ", ".join(breakers) for entity, breakers in accepted.items()},
        as_json=arguments.json,
    )
    return DONE


def compact(arguments: argparse.Namespace) -> int:
    """Compact the landing of every source."""
    from receivables.extract.compaction import compact as compact_source
    from receivables.lake import Lake
    from receivables.report import print_result

    loaded = _settings(arguments)
    lake = Lake(loaded.home)
    counts = {
        name: compact_source(name, lake=lake, progress=_progress) for name in loaded.sources
    }
    print_result(
        {name: f"{sum(tables.values())} tables of extracts compacted"
         for name, tables in counts.items()},
        as_json=arguments.json,
    )
    return DONE


def dispatch(arguments: argparse.Namespace) -> int:
    """Hand over the letters that are due; fails if it had to stop, or letters missed their day."""
    from dataclasses import asdict

    from receivables import night
    from receivables.report import print_result

    report = night.dispatch(
        _settings(arguments),
        resolve=lambda connection_id: connection(connection_id, os.environ),
        now=lambda: datetime.now(UTC),
        progress=_progress,
        resume=arguments.resume,
    )
    print_result(asdict(report), as_json=arguments.json)
    if report.alarm is not None:
        _progress(f"receivables: {report.alarm}")
    return FAILED if report.alarm else DONE


def replay(arguments: argparse.Namespace) -> int:
    """Rebuild nights and compare; fails if one differs."""
    from receivables.replay import replay as rebuild
    from receivables.report import print_result

    run, chosen = _run(arguments)
    replays = {entity: rebuild(run, entity, _progress) for entity in chosen}
    if arguments.json:
        names = ("tables", "differences", "erased")
        told = {e: {name: getattr(r, name) for name in names} for e, r in replays.items()}
    else:
        told = {e: _replay_in_words(r) for e, r in replays.items()}
    print_result(told, as_json=arguments.json)
    return FAILED if any(r.differences for r in replays.values()) else DONE


def _replay_in_words(replay: Replay) -> str:
    if replay.differences:
        return "differs: " + ", ".join(replay.differences)
    erased = f", after {replay.erased} erasures" if replay.erased else ""
    return f"equal: {replay.tables} tables{erased}"


def plan(arguments: argparse.Namespace) -> int:
    """Show what a policy would change, and keep the plan for `apply`."""
    from receivables.plan import difference, installation, report

    run, _ = _run(arguments)
    policy = difference.candidate(arguments.policy, arguments.name, run.settings)
    chosen = difference.users(run.settings, policy, only=arguments.entity)
    made = difference.plan(run, policy, chosen, as_of_date=arguments.as_of)
    installation.keep_plan(run, made)
    if arguments.json:
        print(json.dumps({"hash": made.hash, **made.content}, indent=2, ensure_ascii=False))
    else:
        is_whole = arguments.as_of is None and not arguments.entity
        lines = report.plan_lines(made, arguments.policy, can_be_applied=is_whole)
        print("\n".join(lines))
    return DONE


def apply(arguments: argparse.Namespace) -> int:
    """Install a policy whose plan is the one that was read."""
    from receivables.plan import difference, installation
    from receivables.report import print_result

    run, _ = _run(arguments)
    policy = difference.candidate(arguments.policy, arguments.name, run.settings)
    done = installation.apply(run, policy, arguments.policy, planned=arguments.plan)
    print_result(done, as_json=arguments.json)
    return DONE


def backtest(arguments: argparse.Namespace) -> int:
    """Decide past nights under a policy."""
    from receivables.plan import backtest, difference, report

    run, _ = _run(arguments)
    policy = difference.candidate(arguments.policy, arguments.name, run.settings)
    chosen = difference.users(run.settings, policy, only=arguments.entity)
    done = backtest.backtest(
        run, arguments.policy, policy.name, chosen,
        from_date=arguments.from_date, until_date=arguments.until_date,
    )
    if arguments.json:
        print(json.dumps(done, indent=2, ensure_ascii=False))
    else:
        print("\n".join(report.backtest_lines(done)))
    return DONE


def why(arguments: argparse.Namespace) -> int:
    """Say what was decided about an invoice."""
    from receivables.why import decisions, sentence

    rows = decisions(_settings(arguments), arguments.invoice, as_of_date=arguments.as_of)
    if arguments.json:
        print(json.dumps(rows, default=str, indent=2))
    elif rows:
        print("\n".join(sentence(row) for row in rows))
    else:
        print(f"{arguments.invoice}: not open in that night (paid, not posted yet, or unknown)")
    return DONE


def interest(arguments: argparse.Namespace) -> int:
    """Work out the late-payment interest of a file's cases."""
    from receivables.interest import read_cases, solve
    from receivables.sql import session

    cases = read_cases(arguments.cases)
    with tempfile.TemporaryDirectory() as scratch, session(Path(scratch)) as sql:
        answers = solve(sql, cases)
    print(json.dumps(answers, indent=1, ensure_ascii=False))
    return DONE


def check_rates(arguments: argparse.Namespace) -> int:
    """Say how far the reference rates reach; fails if one in use runs out."""
    from receivables.rates import print_check

    today = arguments.as_of or datetime.now(UTC).date()
    is_enough = print_check(_settings(arguments), as_of_date=today, as_json=arguments.json)
    return DONE if is_enough else FAILED


def import_rates(arguments: argparse.Namespace) -> int:
    """Add a file's values to the reference series of this installation."""
    from receivables.balance import rate_import
    from receivables.lake import alone_in

    with alone_in(_settings(arguments).home / "rates"):
        done = rate_import.import_rates(arguments.file)
    print(json.dumps(done, indent=2) if arguments.json else "\n".join(done))
    return DONE


def status(arguments: argparse.Namespace) -> int:
    """Show the newest nights."""
    from receivables.report import print_status

    print_status(_settings(arguments), now=datetime.now(UTC), as_json=arguments.json)
    return DONE


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
