"""S/4HANA without its compatibility views: the documents and the universal journal give the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from receivables.sql import SQL, statement
from replica import FORMS, Books, Replica, checked
from sap_replica import COLUMNS, LEDGER, LINE_ITEM, initial, sap

ENTITIES = {
    "1000": {"name": "Eins GmbH", "country": "DE", "currency": "EUR", "bank_details": ["IBAN"]},
    "2000": {"name": "Zwei KK", "country": "JP", "currency": "JPY", "bank_details": ["Konto"]},
}
VIEWS = ("bsid", "bsad", "faglflext")
HEADER = {"budat", "bldat", "cpudt", "waers", "xblnr", "blart", "bstat"}
ACDOCA = {
    "rclnt": "varchar(3)", "rldnr": "varchar(2)", "rbukrs": "varchar(4)", "gjahr": "varchar(4)",
    "poper": "varchar(3)", "racct": "varchar(10)", "hsl": "numeric(23, 2)",
}


def s4hana() -> Replica:
    """The SAP system of the other tests, as S/4HANA keeps it: no BSID, no BSAD, no FAGLFLEXT."""
    classic = sap()
    columns = {name: kinds for name, kinds in COLUMNS.items() if name not in VIEWS}
    columns["bseg"] = {name: kind for name, kind in LINE_ITEM.items() if name not in HEADER} | {
        "koart": "varchar(1)",
    }
    columns["bkpf"] = columns["bkpf"] | {"waers": "varchar(5)", "xblnr": "varchar(16)"}
    columns["acdoca"] = ACDOCA
    replica = Replica(columns, initial, views={
        view: statement(f"extract/sap/s4hana/{view}") for view in VIEWS
    })
    items = classic.rows["bsid"] + classic.rows["bsad"]
    of_document = {(row["bukrs"], row["belnr"]): row for row in items}
    for table in columns:
        for row in classic.rows.get(table, []):
            if table == "bkpf":
                item = of_document[row["bukrs"], row["belnr"]]
                row = row | {name: item[name] for name in ("waers", "xblnr", "bstat")}
            replica.add(table, **row)
    for row in items:
        kept = {name: value for name, value in row.items() if name not in HEADER}
        replica.add("bseg", koart="D", **kept)
        replica.add("bseg", koart="S", **kept | {"buzei": "999", "kunnr": ""})
    parked = items[0] | {"belnr": "1899999999"}
    replica.add("bkpf", bukrs="1000", belnr="1899999999", gjahr="2026", bstat="V", waers="EUR")
    replica.add("bseg", koart="D", **{n: v for n, v in parked.items() if n not in HEADER})
    _universal_journal(replica)
    return replica


def _universal_journal(replica: Replica) -> None:
    for company, account, year, forward, periods in LEDGER:
        for ledger, period, amount in (
            ("0L", "000", forward),
            *(("0L", f"0{period}", amount) for period, amount in periods.items()),
            ("2L", "001", "1.00"),
        ):
            replica.add("acdoca", rldnr=ledger, rbukrs=company, racct=account, gjahr=year,
                        poper=period, hsl=amount)


@pytest.fixture(scope="module", params=FORMS)
def books(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Books]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    home = tmp_path_factory.mktemp(f"s4hana_{request.param}")
    replica = s4hana()
    yield Books(home, "sap", replica, request.param, url, ENTITIES)
    if url is not None:
        replica.drop_views(url)


def test_the_same_rows_are_landed_as_from_the_classic_tables(
    books: Books, tmp_path: Path
) -> None:
    classic = Books(tmp_path, "sap", sap(), "csv", None, ENTITIES)
    for file in (SQL / "extract" / "sap").glob("*.sql"):
        assert books.landed(file.stem) == classic.landed(file.stem)


def test_the_open_items_equal_the_universal_journal(books: Books) -> None:
    rows = checked(books.replica, books.form, books.url, "sap/checks/open_items_equal_the_ledger")
    assert len(rows) == 6
    assert [row for row in rows if row["difference"] != 0] == []
