"""Landing is whole or not at all, whatever happens, and stores nothing twice."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from extract_source import CUSTOMERS, Drops, below, table
from receivables import contract
from receivables.errors import DataError
from receivables.lake import Extract, read_json

ROWS = 30_000
CHILD = Path(__file__).with_name("landing_child.py")


def child(drops: Drops, *, night: int = 0) -> subprocess.Popen[str]:
    plugins = Path(contract.__file__).resolve().parents[1]
    path = os.pathsep.join([str(plugins), str(CHILD.parent)])
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(drops.directory), str(drops.lake.home), str(night)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
    )


def hashes(extract: Extract) -> dict[str, str]:
    return {name: entry["content_hash"] for name, entry in extract.content["tables"].items()}


def stored_in(extract: Extract) -> dict[str, str]:
    return {name: entry["extract_id"] for name, entry in extract.content["tables"].items()}


def big(drops: Drops) -> None:
    """Enough rows that a landing takes the better part of a second."""
    invoices = [f'I{n},DE,C1,"{n}",invoice,2026-01-01,2026-01-01,EUR,1.00' for n in range(ROWS)]
    header = (drops.directory / "invoice.csv").read_text().split("\n")[0]
    drops.write("invoice.csv", "\n".join([header, *invoices, "I1,torn"]))
    receipts = [f"R{n},DE,C1,2026-02-01,EUR,1.00" for n in range(ROWS)]
    header = (drops.directory / "receipt.csv").read_text().strip()
    drops.write("receipt.csv", "\n".join([header, *receipts]))


def seconds_of_landing(drops: Drops) -> float:
    """How long a landing takes in a process of its own, without the start of the process."""
    shutil.rmtree(drops.lake.home)
    landing = child(drops)
    assert landing.stdout is not None
    landing.stdout.readline()
    start = time.monotonic()
    landing.communicate()
    return time.monotonic() - start


def test_an_extract_that_is_landed_is_not_landed_again(drops: Drops) -> None:
    first = drops.land()
    before = {name: (drops.landing / name).stat().st_mtime_ns for name in below(drops.landing)}
    drops.write("customer.csv", CUSTOMERS + "C2,DE,B,DE\n")
    assert drops.land().content == first.content
    assert before == {
        name: (drops.landing / name).stat().st_mtime_ns for name in below(drops.landing)
    }


def test_a_table_as_it_was_is_stored_once(drops: Drops) -> None:
    first, second = drops.land(), drops.land(night=1)
    assert second.content["input_hash"] == first.content["input_hash"]
    assert set(stored_in(second).values()) == {first.extract_id}
    drops.write("customer.csv", CUSTOMERS + "C2,DE,B,DE\n")
    third = drops.land(night=2)
    assert third.content["input_hash"] != first.content["input_hash"]
    assert stored_in(third) == stored_in(first) | {"customer": third.extract_id}
    assert [row["customer_id"] for row in table(third, "customer")] == ["C1", "C2"]
    assert [row["customer_id"] for row in table(second, "customer")] == ["C1"]
    assert table(third, "invoice") == table(first, "invoice")
    drops.write("customer.csv", CUSTOMERS)
    assert stored_in(drops.land(night=3))["customer"] > third.extract_id


def test_rows_in_another_order_are_the_same_table(drops: Drops) -> None:
    drops.write("customer.csv", CUSTOMERS + "C2,DE,B,DE\n")
    first = drops.land()
    drops.write("customer.csv", CUSTOMERS.replace("\n", "\nC2,DE,B,DE\n", 1))
    assert stored_in(drops.land(night=1)) == stored_in(first)


def test_a_column_under_another_name_is_another_table(drops: Drops) -> None:
    drops.write("customer.csv", CUSTOMERS.replace("country\n", "country,tax_id\n")
                .replace("DE\n", "DE,1\n"))
    drops.land()
    drops.write("customer.csv", CUSTOMERS.replace("country\n", "country,segment\n")
                .replace("DE\n", "DE,1\n"))
    second = drops.land(night=1)
    assert stored_in(second)["customer"] == second.extract_id


def test_an_extract_of_an_earlier_instant_never_points_to_a_later_one(drops: Drops) -> None:
    drops.land(night=5)
    early = drops.land(night=1)
    assert set(stored_in(early).values()) == {early.extract_id}


def test_a_failed_landing_leaves_the_landed_extracts_alone(drops: Drops) -> None:
    first = drops.land()
    before = below(drops.landing)
    drops.write("receipt.csv", "")
    with pytest.raises(DataError):
        drops.land(night=1)
    assert below(drops.landing) == before
    assert table(first, "customer")[0]["customer_id"] == "C1"


def test_the_leftovers_of_a_killed_landing_are_removed_and_nothing_else(drops: Drops) -> None:
    first = drops.land()
    whole = below(drops.landing)
    junk = [
        ".unfinished/tables/customer/part-0.parquet",
        "customer/20260302T030000000000Z/part-0.parquet",
        "20260302T030000000000Z.json.4711.partial",
    ]
    notes = "customer/notes/keep.txt"
    for name in [*junk, notes]:
        file = drops.landing / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"half")
    second = drops.land(night=1)
    assert below(drops.landing) == sorted([*whole, notes, f"{second.extract_id}.json"])
    assert stored_in(second) == stored_in(first)


def test_what_a_later_extract_points_to_stays_when_the_earlier_one_is_deleted(drops: Drops) -> None:
    first = drops.land()
    second = drops.land(night=1)
    (drops.landing / f"{first.extract_id}.json").unlink()
    third = drops.land(night=2)
    assert table(second, "customer") == table(third, "customer")
    assert stored_in(third) == stored_in(second)


@pytest.mark.slow
def test_a_landing_killed_at_any_moment_is_made_up_for_by_the_next(
    drops: Drops, tmp_path: Path
) -> None:
    big(drops)
    assert child(drops).communicate()[0].endswith("landed\n")
    (whole,) = drops.lake.extracts("erp")
    undisturbed, duration = hashes(whole), seconds_of_landing(drops)
    (malformed,) = table(whole, "malformed_row")
    assert malformed["raw_text"] == "I1,torn"
    files = below(drops.landing)
    chance = random.Random(7)
    killed_halfway = 0
    for attempt in range(18):
        shutil.rmtree(drops.lake.home)
        landing = child(drops)
        assert landing.stdout is not None
        # Every third is killed close behind a line of progress, the others anywhere.
        lines = chance.randrange(1, 6) if attempt % 3 == 0 else 1
        for _ in range(lines):
            landing.stdout.readline()
        time.sleep(chance.uniform(0, 0.03 if lines > 1 else duration))
        landing.kill()
        landing.wait()
        landing.stdout.close()
        if not (drops.landing / files[0]).exists():
            killed_halfway += 1
        extract = drops.land()
        assert hashes(extract) == undisturbed
        assert below(drops.landing) == files
        assert read_json(drops.landing / files[0]) == extract.content
    assert killed_halfway >= 9


@pytest.mark.slow
@pytest.mark.parametrize("nights", [(0, 0), (0, 1)], ids=["the same instant", "two instants"])
def test_two_landings_at_once_do_not_disturb_each_other(
    drops: Drops, nights: tuple[int, int]
) -> None:
    big(drops)
    both = [child(drops, night=night) for night in nights]
    ends = [landing.communicate()[0].split("\n")[-2] for landing in both]
    assert ends == ["landed", "landed"]
    extracts = drops.lake.extracts("erp")
    assert len(extracts) == len(set(nights))
    assert len({str(sorted(hashes(extract).items())) for extract in extracts}) == 1
    for extract in extracts:
        assert len(table(extract, "invoice")) == ROWS
    tables = len(extracts[0].content["tables"])
    # Whichever came second found the tables of the first, unless it is the earlier instant.
    assert tables < len(below(drops.landing)) <= len(extracts) * (tables + 1)
    assert drops.land().content == extracts[0].content
