"""What `make` asks in order to call Airflow; one line out."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime

from receivables.errors import ReceivablesError
from receivables.settings import Settings, newest_closed_day

from receivables_airflow.as_of import logical_dates
from receivables_airflow.run import installed_settings


def main() -> int:
    """Print the line asked for; exit 2 if it cannot be."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("newest-closed-day", help="the day that `make night` is for")
    commands.add_parser("demonstration", help="the configuration of the run of `make night`")
    backfill = commands.add_parser("backfill", help="business days as Airflow's logical dates")
    backfill.add_argument("first", type=date.fromisoformat)
    backfill.add_argument("last", type=date.fromisoformat)
    asked = parser.parse_args()
    try:
        print(answer(asked, installed_settings(), datetime.now(UTC)))
    except ReceivablesError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def answer(asked: argparse.Namespace, settings: Settings, now: datetime) -> str:
    """The line that was asked for."""
    if asked.command == "backfill":
        first, last = logical_dates(asked.first, asked.last, settings.time_zone)
        return f"--from-date {first.isoformat()} --to-date {last.isoformat()}"
    newest = newest_closed_day(now, settings.time_zone).isoformat()
    if asked.command == "newest-closed-day":
        return newest
    return json.dumps({"as_of_date": newest, **demonstration_release(settings)})


def demonstration_release(settings: Settings) -> dict[str, str]:
    """A reason to draft notices while letters stay here as files; none once they would leave."""
    if not settings.mail.sink:
        return {}
    return {"release": "the demonstration: it has no history yet, and letters go to files on this "
                       "machine"}


if __name__ == "__main__":
    sys.exit(main())
