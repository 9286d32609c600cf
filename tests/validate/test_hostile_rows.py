"""Whatever bytes stand in whatever column: the night ends, and every row is somewhere."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from border import GOOD, Border
from company import ENTITY, read
from receivables import night
from receivables.contract import tables

NASTY = [
    "NaN", "-0", "1e308", "1e-308", "0x7f", "1_0", "infinity", "-infinity", "epoch", "now", "today",
    "0000-00-00", "9999-12-31", "2999-12-31", "1000-01-01", "2026-02-29", "999999999999.9999",
    "999999", "0" * 300, "9" * 300, "\x00", "\x1f", "\x1b[31m", "'", '"', "\\", "%s", "?", "$1",
    "null", "NULL", "None", "true", "{{ 1 }}", "<script>", "=1+1", "\u202eabc", "\u2028", "\ufeffx",
    "\U0001f4a9", "é", "e\u0301", "ẞ", "İ", "٣", "a;b,c|d", "a\tb", "../../etc/passwd", "x" * 5000,
    "'; drop table customer; --", "C-GOOD", "I-GOOD", "R-GOOD", "E1", "JPY", "EUR", "credit_note",
]


def _nasty(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return chance.choice(NASTY)
    return chance.randbytes(chance.randint(1, 12)).decode("latin-1").strip("\r\n")


def _company(home: Path, seed: int) -> Border:
    """The company of the border, with many rows more, each wrong in one column or in several."""
    chance = random.Random(seed)
    border = Border(home)
    for table in GOOD:
        for _ in range(60):
            columns = chance.sample(tables()[table].column_names, chance.choice([1, 1, 1, 3]))
            border.add(table, **{column: _nasty(chance) for column in columns})
    border.write()
    for table in ("invoice", "receipt"):
        with (border.company.erp / f"{table}.csv").open("ab") as file:
            for _ in range(20):
                file.write(chance.randbytes(chance.randint(1, 80)).replace(b"\n", b"") + b"\n")
    return border


def test_no_bytes_in_any_column_stop_the_night(tmp_path: Path, postgres_url: str) -> None:
    company = _company(tmp_path, seed=1).company
    run = company.run(release="test")
    [report] = night.night(run, [ENTITY])
    elsewhere = night.publish(company.run(settings={"warehouse_url": postgres_url}), ENTITY)
    assert elsewhere.output_hash == report.output_hash
    ended = company.official()
    landed = run.lake.extracts("erp")[-1]
    rows_kept_out = {
        (table, row)
        for table, row, reason in read(ended, "quarantine", "source_table, source_row, reason_code")
        if reason != "ROW_MALFORMED"
    }
    quarantined = Counter(table for table, _ in rows_kept_out)
    for table in tables():
        rows = landed.content["tables"][table]["rows"]
        assert rows == len(read(ended, f"ledger/{table}")) + quarantined[table]
    assert report.status in ("published", "flagged")
    assert ("C-CONTROL", "STEP_DUE") in read(ended, "decision", "customer_id, reason_code")
