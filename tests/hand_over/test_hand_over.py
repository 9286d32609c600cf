"""The agency file and the dossier, through the real stages, and what `verify` finds out."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from company import DAY, Company, after, read
from debtor import SETTINGS, build
from receivables import cli
from receivables.dispatch.kept_letter import KeptLetters
from receivables.errors import DataError, WrongUse
from receivables.hand_over.chain import CHAIN, KEYS, first_link, link, verify
from receivables.hand_over.command import LANGUAGES
from receivables.hand_over.document import document, layout, words
from receivables.hand_over.dossier import TABLES
from receivables.hand_over.field import fields
from receivables.lake import write_json
from receivables.publish.workbook import FORMULA_STARTS
from receivables.settings import Entity, InterestRule
from seller import copied, query

CLAIM = "data/claim.csv"
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def built(led: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dossier as it was built. Not to be changed."""
    folder = tmp_path_factory.mktemp("built") / "dossier"
    build(led, "C1", folder)
    return folder


@pytest.fixture
def dossier(built: Path, tmp_path: Path) -> Path:
    """A dossier to tamper with."""
    return Path(shutil.copytree(built, tmp_path / "dossier"))


def change_a_byte(dossier: Path) -> None:
    content = bytearray((dossier / CLAIM).read_bytes())
    content[-3] ^= 1
    (dossier / CLAIM).write_bytes(content)


def cut_to_nothing(dossier: Path) -> None:
    (dossier / "dossier.pdf").write_bytes(b"")


def remove(dossier: Path) -> None:
    (dossier / CLAIM).unlink()


def remove_two(dossier: Path) -> None:
    (dossier / "dossier.pdf").unlink()
    remove(dossier)


def add(dossier: Path) -> None:
    (dossier / "letters" / "another.eml").write_bytes(b"Dear Sirs")


def rename(dossier: Path) -> None:
    (dossier / CLAIM).rename(dossier / "data" / "claims.csv")


def swap(dossier: Path) -> None:
    one, other = dossier / CLAIM, dossier / "data" / "promise.csv"
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def link_elsewhere(dossier: Path) -> None:
    (dossier / CLAIM).rename(dossier.parent / "elsewhere.csv")
    os.symlink(dossier.parent / "elsewhere.csv", dossier / CLAIM)


def of_the_chain(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def tamper(dossier: Path) -> None:
        chain = json.loads((dossier / CHAIN).read_text(encoding="utf-8"))
        change(chain)
        (dossier / CHAIN).write_text(json.dumps(chain), encoding="utf-8")

    return tamper


def reorder(chain: dict[str, Any]) -> None:
    entries = chain["entries"]
    entries[3], entries[4] = entries[4], entries[3]


def forget(chain: dict[str, Any]) -> None:
    del chain["entries"][4]


def lead_out(chain: dict[str, Any]) -> None:
    chain["entries"][3]["file"] = "../../etc/passwd"


def rehash(chain: dict[str, Any]) -> None:
    chain["entries"][3]["sha256"] = "0" * 64


def rename_the_debtor(chain: dict[str, Any]) -> None:
    chain["about"]["customer_id"] = "C2"


def rename_the_head(chain: dict[str, Any]) -> None:
    chain["head"] = "0" * 64


def remove_the_end(dossier: Path) -> None:
    of_the_chain(lambda chain: chain["entries"].pop())(dossier)


# what somebody did, what `verify` says first, because
TAMPERED = [
    (change_a_byte, "data/claim.csv: changed", "one bit of one byte"),
    (cut_to_nothing, "dossier.pdf: changed", "the PDF is in the chain too"),
    (remove, "data/claim.csv: removed", "a file is missing"),
    (remove_two, "data/claim.csv: removed", "of two, the first in the chain is named"),
    (add, "letters/another.eml: added", "a letter that was never sent"),
    (rename, "data/claim.csv: renamed to data/claims.csv", "the same bytes under another name"),
    (swap, "data/claim.csv: changed", "each holds what the other should"),
    (link_elsewhere, "data/claim.csv: changed", "a link can be led elsewhere at any time"),
    (of_the_chain(reorder), "data/invoice.csv: reordered", "another order of the same entries"),
    (of_the_chain(forget), "data/delivery.csv: reordered", "an entry taken out moves the next"),
    (of_the_chain(rehash), "data/claim.csv: changed", "the entry was made to fit nothing"),
    (of_the_chain(lead_out), "chain.json: changed", "no name may lead out of the dossier"),
    (of_the_chain(rename_the_debtor), "chain.json: changed", "the chain is bound to its case"),
    (of_the_chain(rename_the_head), "chain.json: its end", "the head is that of the last entry"),
    (remove_the_end, "chain.json: changed", "without the PDF the chain ends too soon"),
]


@pytest.mark.parametrize("tamper, said, because", TAMPERED)
def test_the_first_file_that_was_tampered_with_is_named(
    dossier: Path, tamper: Callable[[Path], None], said: str, because: str
) -> None:
    assert verify(dossier) is None
    tamper(dossier)
    fault = verify(dossier)
    assert fault is not None and fault.startswith(said), (because, fault)


def test_a_chain_written_anew_is_found_out_by_the_noted_head_alone(dossier: Path) -> None:
    chain = json.loads((dossier / CHAIN).read_text(encoding="utf-8"))
    noted = chain["head"]
    change_a_byte(dossier)
    previous = first_link(chain["about"])
    for entry in chain["entries"]:
        content = (dossier / entry["file"]).read_bytes()
        entry |= link(entry["n"], entry["file"], content, previous)
        previous = entry["hash"]
    chain |= {"head": previous, "data_head": chain["entries"][-2]["hash"]}
    (dossier / CHAIN).write_text(json.dumps(chain), encoding="utf-8")
    assert verify(dossier) is None
    assert str(verify(dossier, head=noted)).startswith("chain.json: rewritten")


def test_a_folder_without_a_chain_is_no_dossier(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no dossier"):
        verify(tmp_path)


def test_the_command_says_what_it_found_and_ends_with_it(
    led: Company, dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["dossier", "verify", str(dossier), "--settings", str(led.home / "settings.yaml")]
    assert cli.main(words) == 0
    remove(dossier)
    assert cli.main([*words, "--json"]) == 1
    said = capsys.readouterr().out
    assert "verified: True" in said and '"first_fault": "data/claim.csv: removed"' in said


def command(company: Company, *words: str) -> int:
    return cli.main([*words, "--settings", str(company.home / "settings.yaml")])


def agency_rows(company: Company, out: Path, *words: str) -> list[dict[str, Any]]:
    assert command(company, "hand-over", "agency", *words, "--out", str(out)) == 0
    [file] = out.glob("*.json")
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["agency_file"]
    return found


def test_the_agency_gets_the_amounts_that_were_decided(led: Company, tmp_path: Path) -> None:
    rows = agency_rows(led, tmp_path / "out", "--all")
    decided = read(
        led.official(), "decision",
        "case when reason_code = 'HAND_OVER_PROPOSED' then invoice_id end as invoice_id, "
        "open_amount, dunning_exposure_amount", order="invoice_id",
    )
    proposed = [row for row in decided if row[0] is not None]
    assert proposed == [
        (row["invoice_id"], Decimal(row["open_amount"]), Decimal(row["principal_amount"]))
        for row in rows
    ]
    assert [row["open_amount"] for row in rows] == ["400.00", "250.00"]
    for row in rows:
        parts = ("principal_amount", "interest_amount", "compensation_amount")
        assert sum(Decimal(row[part]) for part in parts) == Decimal(row["claim_amount"])
        assert (row["notices_sent"], row["last_notice_step"]) == (4, "final_demand")


def test_csv_and_json_say_the_same_and_no_cell_is_a_formula(led: Company, tmp_path: Path) -> None:
    rows = agency_rows(led, tmp_path / "out", "--customer", "C1")
    [file] = (tmp_path / "out").glob("*.csv")
    with file.open(encoding="utf-8", newline="") as opened:
        told = list(csv.DictReader(opened))
    assert [list(row) for row in told] == [list(fields("agency_file"))] * 2
    for cells, row in zip(told, rows, strict=True):
        for name, cell in cells.items():
            assert not cell.startswith(FORMULA_STARTS)
            told_as = "" if row[name] is None else str(row[name])
            is_yes_or_no = isinstance(row[name], bool)
            assert cell.removeprefix("'") == (told_as.lower() if is_yes_or_no else told_as)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}


def test_a_dossier_is_golden(built: Path) -> None:
    """Of the tables that hang on neither the policy's fingerprint nor the installation's key."""
    for golden in sorted(GOLDEN.glob("*.csv")):
        assert (built / "data" / golden.name).read_text("utf-8") == golden.read_text("utf-8")
    assert len(list(GOLDEN.glob("*.csv"))) == 9


def test_a_dossier_holds_the_letters_as_they_left(led: Company, built: Path) -> None:
    case = json.loads((built / "data" / "case.json").read_text(encoding="utf-8"))
    assert [notice["step"] for notice in case["notice"]] == [
        "reminder_1", "reminder_2", "demand", "final_demand",
    ]
    for notice in case["notice"]:
        kept = (built / notice["file"]).read_bytes()
        [filed] = (led.home / "home" / "mail").rglob(f"{notice['notice_id']}.eml")
        assert kept == filed.read_bytes()
        assert hashlib.sha256(kept).hexdigest() == notice["sha256"]
        assert (notice["state"], notice["sent_at"][11:]) == ("sent", "12:00:00Z")


def test_the_interest_statement_sums_to_the_claim(built: Path) -> None:
    case = json.loads((built / "data" / "case.json").read_text(encoding="utf-8"))
    for claim in case["claim"]:
        rows = [row for row in case["interest_statement"]
                if row["invoice_id"] == claim["invoice_id"]]
        stated = sum(Decimal(row["interest_amount"]) for row in rows)
        assert stated == Decimal(claim["interest_amount"])
    [total] = case["total"]
    assert Decimal(total["claim_amount"]) == sum(
        Decimal(claim[part]) for claim in case["claim"]
        for part in ("exposure_amount", "interest_amount", "compensation_amount")
    )


def test_the_same_night_gives_the_same_dossier_byte_for_byte(
    led: Company, built: Path, tmp_path: Path
) -> None:
    build(led, "C1", tmp_path / "again")
    names = sorted(path.relative_to(built) for path in built.rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(tmp_path / "again")
        for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    for name in names:
        assert (built / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    about = pypdfium2.PdfDocument(built / "dossier.pdf").get_metadata_dict()
    assert about["CreationDate"].startswith("D:20260401020000"), "the night's, not the clock's"


def test_an_earlier_night_knows_nothing_of_later_letters(led: Company, tmp_path: Path) -> None:
    build(led, "C1", tmp_path / "out", day=date(2026, 2, 1))
    case = json.loads((tmp_path / "out" / "data" / "case.json").read_text(encoding="utf-8"))
    assert [notice["step"] for notice in case["notice"]] == ["reminder_1", "reminder_2"]
    assert case["payment"] == [] and len(case["promise"]) == 1


def test_an_id_that_looks_like_a_path_is_only_an_id(led: Company, tmp_path: Path) -> None:
    build(led, "../../C3", tmp_path / "deep" / "er" / "out")
    folders = {path.name for path in tmp_path.rglob("*") if path.is_dir()}
    assert folders == {"deep", "er", "out", "data", "letters"}
    case = json.loads((tmp_path / "deep/er/out/data/case.json").read_text(encoding="utf-8"))
    assert [claim["reason_code"] for claim in case["claim"]] == ["DISPUTED"]
    assert [dispute["invoice_id"] for dispute in case["dispute"]] == ["I5"]


# what was asked for, what is said, because
REFUSED = [
    (["dossier", "build", "C4", "--out", "{new}"], "owes nothing past due", "nothing is due yet"),
    (["dossier", "build", "C9", "--out", "{new}"], "owes nothing past due", "nobody knows C9"),
    (["dossier", "build", "C1", "--out", "{full}"], "not empty", "a dossier is never mixed"),
    (["dossier", "build", "C1", "--entity", "E9", "--out", "{new}"], "unknown", "not one of ours"),
    (["dossier", "build", "C1", "--as-of", "2020-01-01", "--out", "{new}"], "no such night",
     "a night that never was"),
    (["hand-over", "agency", "--customer", "C2", "--out", "{new}"], "nothing is proposed",
     "a letter is left"),
    (["hand-over", "agency", "--customer", "../../C3", "--out", "{new}"], "nothing is proposed",
     "what is in dispute goes to nobody"),
    (["hand-over", "protest", "--days-past-due", "1", "--out", "{new}"], "no registered boleto",
     "a German company has none"),
]


@pytest.mark.parametrize("words, said, because", REFUSED)
def test_what_cannot_be_meant_is_refused_and_writes_nothing(
    led: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str,
    because: str,
) -> None:
    full, new = tmp_path / "full", tmp_path / "new"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    assert command(led, *(word.format(new=new, full=full) for word in words)) == 2, because
    assert said in capsys.readouterr().err
    assert not new.exists() and [path.name for path in full.iterdir()] == ["mine.txt"]


def test_a_night_in_which_a_breaker_tripped_hands_over_nothing(
    led: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company = copied(led, tmp_path / "copy")
    company.settings(**SETTINGS)
    write_json(company.official().flag, {"breakers": ["overdue_is_steady"]})
    out = tmp_path / "out"
    assert command(company, "hand-over", "agency", "--all", "--out", str(out)) == 2
    assert "overdue_is_steady; accept the night first" in capsys.readouterr().err


def test_a_letter_that_is_not_as_frozen_proves_nothing(led: Company, tmp_path: Path) -> None:
    company = copied(led, tmp_path / "copy")
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        connection.execute(
            "update outbox set message = "
            "cast(replace(cast(message as text), '1,250.00', '9,250.00') as blob)"
        )
        connection.commit()
    with pytest.raises(DataError, match="not those frozen"):
        build(company, "C1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_document_shows_known_fields_of_every_table() -> None:
    assert set(layout()) == (set(TABLES) - {"party"}) | {"chain"}
    for name, shown in layout().items():
        assert set(shown) <= (KEYS if name == "chain" else set(fields(name))), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    said, english = words(language), words("en")
    for part in ("labels", "sections", "headings"):
        assert list(said[part]) == list(english[part])
    assert set(said) == set(english)
    assert set(said["headings"]) == {field for shown in layout().values() for field in shown}


def test_the_warehouse_has_the_proposals(led: Company) -> None:
    url = f"duckdb:///{led.home / 'home' / 'warehouse.duckdb'}"
    found = query(url, "select invoice_id, proposal, principal_amount, tax_rule_id "
                       "from receivables.write_off_proposal order by all")
    assert [tuple(map(str, row)) for row in found] == [
        ("I1", "agency_file", "400.0000", "de_vat"), ("I2", "agency_file", "250.0000", "de_vat"),
    ]


# what a customer calls itself, because
NAMES = [
    ("de", "<b>bold</b> **stars** [link](https://a.example)", "markup is plain text"),
    ("fr", "\u202egnp.exe \x00\x07 end", "it turns the line around, or is no letter at all"),
    ("pt", "株式会社 مثال \U0001f4a9", "letters that the font lacks, and another direction"),
    ("ru", "x" * 5000, "no place to break the line, and no end"),
]


@pytest.mark.parametrize("language, name, because", NAMES)
def test_a_document_takes_whatever_a_customer_calls_itself(
    language: str, name: str, because: str
) -> None:
    party = dict.fromkeys(fields("party")) | {"customer_name": name, "address": name}
    invoice = dict.fromkeys(fields("invoice")) | {"description": name, "instrument_ref": name}
    tables: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    facts = dict.fromkeys(
        ("case_reference", "as_of_date", "known_at", "policy_version", "night_fingerprint"), "x"
    )
    pdf = document(
        facts, tables | {"party": [party], "invoice": [invoice]}, {},
        [{"n": 1, "file": "x", "sha256": "0" * 64, "hash": "0" * 64}],
        creditor=our_entity(), known_at=after(DAY).replace(microsecond=7), language=language,
    )
    assert pdf.startswith(b"%PDF-") and len(pdf) < 100_000, because
    with pypdfium2.PdfDocument(pdf) as printed:
        shown = "".join(page.get_textpage().get_text_range() for page in printed)
    assert not [name for name in words(language)["sections"].values() if name not in shown], "each has its heading"


def our_entity() -> Entity:
    return Entity(
        legal_entity_id="E1", name="Seller", country="DE", currency="EUR", time_zone="UTC",
        policy="standard", policy_exceptions=(), calendar=None, breakers={},
        interest_rule=InterestRule("none", None, ""), interest_exceptions=(), letterhead=(),
        bank_details=(),
    )


def test_a_letter_that_was_not_sent_is_told_of_and_is_no_proof(
    led: Company, tmp_path: Path
) -> None:
    company = copied(led, tmp_path / "copy")
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        connection.execute(
            "update delivery_event set state_to = 'failed', reply = '550 5.1.1 no such mailbox' "
            "where state_to = 'sent' and notice_id in "
            "(select notice_id from outbox where customer_id = 'C1' and step = 'demand')"
        )
        connection.commit()
    build(company, "C1", tmp_path / "out")
    case = json.loads((tmp_path / "out" / "data" / "case.json").read_text(encoding="utf-8"))
    [failed] = [notice for notice in case["notice"] if notice["step"] == "demand"]
    assert (failed["state"], failed["sent_at"], failed["file"]) == ("failed", None, None)
    assert len(list((tmp_path / "out" / "letters").iterdir())) == 3


def test_a_letter_whose_text_was_removed_is_told_by_its_hash(led, tmp_path):
    company = copied(led, tmp_path / "company")
    letters = KeptLetters(company.run(settings=SETTINGS).settings.outbox_url)
    first, *_ = sent = letters.over_since(after(DAY), legal_entity_id="E1")
    removed_at = after(DAY) - timedelta(hours=1)
    assert letters.remove_bodies([first.notice_id], because="retention", now=removed_at)
    letters.close()
    out = tmp_path / "dossier"
    head = build(company, "C1", out)
    case = json.loads((out / "data" / "case.json").read_text(encoding="utf-8"))
    [told] = [row for row in case["notice"] if row["notice_id"] == first.notice_id]
    assert (told["file"], told["recipient"], told["state"]) == (None, "", "sent")
    assert len(told["sha256"]) == 64 and told["body_removed_at"] and told["sent_at"]
    assert "text removed: retention" in [row["reply"] for row in case["delivery_event"]]
    assert len(list((out / "letters").iterdir())) == len(
        [row for row in case["notice"] if row["file"]]) < len(sent)
    assert verify(out, head=head) is None
