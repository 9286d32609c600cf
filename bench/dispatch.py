"""The dispatcher's letters a second, and what its outbox adds to every letter.

    python bench/dispatch.py --letters 1000 --postgresql postgresql+psycopg://root@127.0.0.1/test

Every part hands the same letters to a relay in a process of its own, which throws them away, and
the parts take turns for some rounds:

- `smtplib`      the bare minimum: sendmail in a loop, on one connection; nothing is written down
- `yagmail`      its send() in a loop, on one connection, with the same text; the same
- `sqlite`       the product, its outbox in an SQLite file (in the directory for temporary files)
- `postgresql`   the product, its outbox in a schema of its own of the database, dropped afterwards

The figures are medians of the rounds. `added` is milliseconds a letter above smtplib's, `processor`
the milliseconds of processor time in each, which say more on a busy machine; `ratio` is letters a
second as a part of smtplib's: machines differ, and ratios hardly do.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import sqlalchemy
import yagmail
from aiosmtpd.smtp import SMTP as SmtpServer
from receivables.dispatch.dispatcher import dispatch
from receivables.dispatch.notice import Draft, DraftItem
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.relay import Relay
from sqlalchemy.engine import make_url

NIGHT = datetime(2026, 3, 4, 2, tzinfo=UTC)
MORNING = NIGHT + timedelta(hours=7)
SENDER = "ar@seller.example"
SCHEMA = "bench_dispatch"
Seconds = tuple[float, float]
"""By the clock on the wall, and of the processor."""
TEXT = "Could you please arrange payment of EUR 100.00 in the next few days?\n" * 40


def main() -> None:
    """Every part in turn, for some rounds, and a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgresql", metavar="URL", help="default: without this part")
    arguments = parser.parse_args()
    drafts = [draft(number) for number in range(arguments.letters)]
    with relay() as port, tempfile.TemporaryDirectory() as folder:
        parts: dict[str, Callable[[], Seconds]] = {
            "smtplib": lambda: bare(port, drafts),
            "yagmail": lambda: yagmail_alone(port, drafts),
            "sqlite": lambda: on_sqlite(port, drafts, Path(folder)),
        }
        if arguments.postgresql:
            parts["postgresql"] = lambda: on_postgresql(port, drafts, arguments.postgresql)
        rounds = [{name: part() for name, part in parts.items()} for _ in range(arguments.rounds)]
    report(rounds, arguments.letters)


def draft(number: int) -> Draft:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = SENDER, f"c{number}@buyer.example"
    message["Subject"], message["Message-ID"] = "Payment reminder", f"<{number}@seller.example>"
    message.set_content(TEXT)
    return Draft(
        legal_entity_id="E1", customer_id=f"C{number}", step="reminder_1", cycle=f"I{number}/1",
        generation=0, run_kind="live", as_of_date=date(2026, 3, 3), known_at=NIGHT,
        drafted_at=NIGHT, not_after=NIGHT + timedelta(hours=20), release_reason="schedule",
        channel="email", language="en", recipient_role="accounts_payable", sender=SENDER,
        recipient=str(message["To"]), amount_text="EUR 100.00",
        message_id=str(message["Message-ID"]), subject=str(message["Subject"]),
        message=bytes(message),
        items=(DraftItem(f"I{number}", 1, "reminder_1", "EUR", Decimal("100.00")),),
    )


@contextmanager
def relay() -> Iterator[int]:
    """The port of a relay that takes everything and keeps nothing."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    yield ours.recv()
    process.terminate()


def _serve(told: Any) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(
            lambda: SmtpServer(_Nothing(), hostname="localhost"), "127.0.0.1", 0
        )
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


class _Nothing:
    async def handle_DATA(self, *_: Any) -> str:
        return "250 2.0.0 taken"


def clocks() -> Seconds:
    return time.perf_counter(), time.process_time()


def since(started: Seconds) -> Seconds:
    wall, processor = clocks()
    return wall - started[0], processor - started[1]


def bare(port: int, drafts: Sequence[Draft]) -> Seconds:
    started = clocks()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
        for one in drafts:
            smtp.sendmail(one.sender, [one.recipient], one.message)
    return since(started)


def yagmail_alone(port: int, drafts: Sequence[Draft]) -> Seconds:
    started = clocks()
    with yagmail.SMTP(
        SENDER, host="127.0.0.1", port=port, smtp_starttls=False, smtp_ssl=False,
        smtp_skip_login=True, local_hostname="localhost",
    ) as client:
        for one in drafts:
            client.send(one.recipient, one.subject, TEXT)
    return since(started)


def on_sqlite(port: int, drafts: Sequence[Draft], folder: Path) -> Seconds:
    file = folder / "outbox.sqlite"
    seconds = by_product(port, drafts, f"sqlite:///{file}")
    for left in folder.glob("outbox.sqlite*"):
        left.unlink()
    return seconds


def on_postgresql(port: int, drafts: Sequence[Draft], url: str) -> Seconds:
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create schema {SCHEMA}")
        try:
            own = make_url(url).update_query_dict({"options": f"-csearch_path={SCHEMA}"})
            return by_product(port, drafts, own.render_as_string(hide_password=False))
        finally:
            connection.exec_driver_sql(f"drop schema {SCHEMA} cascade")


def by_product(port: int, drafts: Sequence[Draft], url: str) -> Seconds:
    outbox = Outbox(url)
    outbox.draft(drafts)
    out = Relay(host="127.0.0.1", port=port, security="none", local_hostname="localhost")
    started = clocks()
    report = dispatch(
        outbox, relay=out, now=lambda: MORNING, progress=lambda _: None, kill_switch=lambda: False
    )
    seconds = since(started)
    outbox.close()
    assert report.sent == len(drafts), report
    return seconds


def report(rounds: Sequence[dict[str, Seconds]], letters: int) -> None:
    print(f"{letters:,} letters, median of {len(rounds)} rounds, {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.0f}")
    print(f"{'part':<12}{'letters/s':>10}{'ms each':>9}{'added':>8}{'processor':>11}{'ratio':>8}")

    def milliseconds(name: str, clock: int) -> float:
        return statistics.median(said[name][clock] for said in rounds) * 1000 / letters

    least = milliseconds("smtplib", 0)
    for name in rounds[0]:
        ms = milliseconds(name, 0)
        print(f"{name:<12}{1000 / ms:>10.0f}{ms:>9.2f}{ms - least:>8.2f}"
              f"{milliseconds(name, 1):>11.2f}{least / ms:>8.2f}")


if __name__ == "__main__":
    main()
