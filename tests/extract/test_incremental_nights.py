"""Whole nights on an incremental source: they are those of a full read, and stay what they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from changing_erp import ChangingErp, erp_source
from company import ENTITY, Company, after
from receivables import cli, night
from receivables.extract import difference
from receivables.lake import Lake, Night, instant_name, part_ids
from receivables.replay import replay
from receivables.run import Run
from sqlalchemy.engine import make_url


@pytest.fixture
def erp(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChangingErp]:
    monkeypatch.setattr(difference, "ROWS_MIN", 1)
    monkeypatch.setattr(difference, "CHANGED_PERCENT_MAX", 60)
    url = make_url(postgres_url)
    monkeypatch.setenv("AIRFLOW_CONN_ERP", url.set(drivername="postgres").render_as_string(False))
    changing = ChangingErp(postgres_url, seed=3)
    yield changing
    changing.engine.dispose()


class Seller:
    """A company whose nights read the changing ERP."""

    def __init__(self, home: Path, erp: ChangingErp, *, incremental: bool) -> None:
        self.company, self.erp = Company(home), erp
        home.mkdir()
        source = erp_source(home / "sql")
        self.source = {"kind": "sql", "connection": "erp", "sql": source.sql,
                       "incremental": incremental}

    def run(self, **values: Any) -> Run:
        return self.company.run(
            self.erp.day, settings={"source": self.source},
            **{"now": after(self.erp.day), **values},
        )

    def night(self) -> Night:
        night.night(self.run(), [ENTITY])
        return self.company.official(self.erp.day)


def tables(folder: Night) -> dict[str, Any]:
    return dict(folder.manifest()["tables"])


@pytest.mark.slow
def test_nights_are_those_of_a_full_read_and_are_replayed_from_parts(
    tmp_path: Path, erp: ChangingErp, capsys: pytest.CaptureFixture[str]
) -> None:
    seller = Seller(tmp_path / "incremental", erp, incremental=True)
    full = Seller(tmp_path / "full", erp, incremental=False)
    first_day = erp.day
    known = []
    for _ in range(3):
        known.append((erp.day, seller.night()))
        assert tables(known[-1][1]) == tables(full.night()), str(erp.day)
        erp.night(changes=8)
    extracts = Lake(seller.company.home / "home").extracts("erp")
    assert len(part_ids(extracts[-1].content["tables"]["invoice"])) == 3

    # The first day as the second night knew it lies beside the official night, and is its own.
    erp_today, erp.day = erp.day, first_day
    restated = seller.run(known_at=known[1][1].known_at, now=after(erp_today))
    night.night(restated, [ENTITY])
    beside = restated.lake.night(as_of_date=first_day, legal_entity_id=ENTITY,
                                 known_at=known[1][1].known_at)
    assert beside.manifest()["extract_id"] == extracts[1].extract_id
    assert tables(beside)["ledger/invoice"] == tables(known[1][1])["ledger/invoice"]
    assert tables(beside)["ledger/invoice"] != tables(known[0][1])["ledger/invoice"]
    erp.day = erp_today

    words = ["extract", "--full", "--as-of", str(first_day)]
    assert cli.main([*words, "--settings", str(seller.company.home / "settings.yaml")]) == 0
    newest = Lake(seller.company.home / "home").extracts("erp")[-1]
    assert newest.extract_id in capsys.readouterr().out
    assert newest.extract_id > instant_name(known[-1][1].known_at)
    assert len(part_ids(newest.content["tables"]["invoice"])) == 1

    for day, official in known:
        erp.day = day
        assert official == seller.company.official(day), "an open night stays what it was"
        assert replay(seller.run(now=after(erp_today) + timedelta(days=400)), ENTITY,
                      lambda line: None).differences == ()
