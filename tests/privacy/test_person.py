"""Ida asks what is held about her, and to be erased: then she is nowhere, and every night is what it was."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stored
from company import DAY, ENTITY, Company, after, read
from ida import DAYS, SALES, WORDS, run_of
from receivables import cli, night
from receivables.contract import INCLUDE, tables
from receivables.dispatch.kept_letter import KeptLetters
from receivables.errors import DataError, WrongUse
from receivables.extract.compaction import compact
from receivables.inbox.read import inbox_folder
from receivables.lake import Lake, read_json
from receivables.privacy.erasure import ErasureReport, erase
from receivables.privacy.erasure_register import erasures
from receivables.publish.posted import posted_folder
from receivables.replay import replay
from seller import RELEASE

OTHER, FAX = {"name": "Una Other"}, {"fax": "+49 40 55511"}
LATER = after(DAYS[-1]) + timedelta(days=1)


def erased(company: Company, person: Any, **how: Any) -> ErasureReport:
    run = company.run()
    asked = {"by": "Ann", "because": "letter of 2 April", "although": None, **how}
    return erase(run.settings, person, resolve=run.resolve, now=LATER, progress=str, **asked)


def found(company: Company, words: dict[str, str] = WORDS) -> dict[str, set[str]]:
    """The words that stand in each kind of file below home."""
    places = stored.at_home(company.home / "home", words)
    return {place: set(+counts) for place, counts in places.items() if +counts}


def test_before_it_she_is_in_these_places_and_no_others(company):
    assert set(found(company)) == {
        "lake/landing/erp/contact/*/part.parquet", "lake/nights/*/E1/*/ledger/contact.parquet",
        "outbox.sqlite", "mail/*/*.eml",
    }


@pytest.mark.parametrize("is_compacted", [False, True])
def test_after_it_she_is_nowhere_and_every_night_is_rebuilt_as_it_was(company, ida, is_compacted):
    if is_compacted:
        compact("erp", lake=Lake(company.home / "home"), progress=str)
    decided = [read(company.official(day), "decision") for day in DAYS]
    report = erased(company, ida())
    assert found(company) == {}
    assert (report.nights, report.letters, report.is_still_in_source) == (2, 1, False)
    assert [read(company.official(day), "decision") for day in DAYS] == decided
    for day, times in ((DAYS[1], 1), (DAYS[2], 0)):
        done = replay(run_of(company, day), ENTITY, str)
        assert (done.differences, done.erased) == ((), times), day


def test_the_others_stay(company, ida):
    erased(company, ida())
    kept = read(company.official(DAY), "ledger/contact", "contact_id, name, phone")
    assert ("P2", "Una Other", "1") in kept
    assert ("P1", "erased", "erased") in kept
    assert len(list((company.home / "home" / "mail").glob("*/*.eml"))) == 1


def test_she_can_be_asked_for_by_an_address_she_has_or_had(company, ida):
    for email in (WORDS["email"], WORDS["old_email"].upper()):
        assert ida(contact_id=None, email=email) == ida()
    with pytest.raises(WrongUse, match="nothing is known"):
        ida(contact_id="P77")


def test_it_is_registered_without_her_name(company, ida):
    erased(company, ida())
    [entry] = erasures(Lake(company.home / "home"))
    assert entry | {"by": "Ann", "contact_ids": ["P1"], "because": "letter of 2 April"} == entry
    told = company.official(DAY).manifest()["erased"]
    assert [(row["table"], row["contact_ids"]) for row in told] == [("ledger/contact", ["P1"])]


def test_doing_it_again_changes_nothing(company, ida):
    person = ida()
    erased(company, person)
    again = erased(company, person)
    assert (again.landed_files, again.nights, again.letters) == (0, 0, 0)


@pytest.mark.parametrize("moves", [2, 6])
def test_one_that_was_killed_is_finished_by_the_next(company, ida, monkeypatch, moves):
    person, left, real = ida(), [moves], os.replace

    def replaced(*paths: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        real(*paths)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", replaced)
        erased(company, person)
    erased(company, person)
    assert found(company) == {}
    assert replay(run_of(company, DAYS[0]), ENTITY, str).differences == ()


def test_it_waits_while_claims_are_pursued_unless_somebody_says_why(company, ida):
    other = ida(contact_id="P2")
    before = found(company, OTHER)
    with pytest.raises(WrongUse, match=r"C2 owes on 1 items.*17\(3\)\(e\)"):
        erased(company, other)
    assert found(company, OTHER) == before and erasures(Lake(company.home / "home")) == []
    report = erased(company, other, although="the court says so")
    assert found(company, OTHER) == {}
    assert erasures(Lake(company.home / "home"))[0]["although"] == "the court says so"
    assert report.is_still_in_source, "the next extract would bring her back"


def test_it_waits_while_a_letter_is_not_over(company, ida, letters):
    with letters._writing() as outbox:
        outbox.exec_driver_sql("update outbox set state = 'unknown' where customer_id = 'C1'")
    with pytest.raises(WrongUse, match="not over"):
        erased(company, ida(), although="any")


def test_a_night_that_is_not_as_it_was_recorded_is_not_overwritten(company, ida):
    own = company.official(DAYS[1])
    file = own.file("ledger/contact")
    other = company.official(DAY).file("ledger/contact").read_bytes()
    file.write_bytes(other)
    with pytest.raises(DataError, match="not as it was recorded"):
        erased(company, ida())
    assert file.read_bytes() == other


def test_the_next_night_goes_on_without_her(company, ida):
    erased(company, ida())
    day = DAYS[-1] + timedelta(days=1)
    assert company.night(day, release=RELEASE).status == "published"
    assert found(company) == {}
    assert replay(run_of(company, DAYS[0]), ENTITY, str).differences == ()


def test_a_salesperson_is_overwritten_with_the_customers(company, ida):
    person = ida(contact_id=None, email=SALES["salesperson_email"])
    assert (person.contact_ids, person.sells_to) == ((), ("C1", "C2"))
    assert found(company, SALES) != {}
    erased(company, person)
    assert found(company, SALES) == {}
    assert replay(run_of(company, DAYS[2]), ENTITY, str).differences == ()


def test_a_line_that_was_no_row_and_a_column_that_nobody_reads_are_cleaned(company, ida):
    contacts = company.home / "erp" / "contact.csv"
    header, *rows = contacts.read_text().splitlines()
    row = "P1,C1,E1,owner" + "," * (header.count(",") - 2) + FAX["fax"]
    odd = f"P9,{WORDS['name']},C1,{'x,' * 20}"
    contacts.write_text("\n".join([f"{header},fax", *(f"{other}," for other in rows), row, odd, ""]))
    run = company.run(DAYS[-1] + timedelta(days=1), now=LATER)
    night.extract(run, "erp")
    assert "lake/landing/erp/malformed_row/*/part.parquet" in found(company)
    assert "lake/landing/erp/contact/*/part.parquet" in found(company, FAX)
    erased(company, ida())
    assert found(company, {**WORDS, **FAX}) == {}
    extracts = sorted((company.home / "home/lake/landing/erp").glob("*.json"))
    assert read_json(extracts[-1])["tables"]["malformed_row"]["rows"] == 1


def asked(company: Company, *words: str) -> int:
    return cli.main(["privacy", *words, "--entity", "E1", "--settings",
                     str(company.run().settings.file)])


def told(company: Company, out: Path, *who: str) -> dict:
    assert asked(company, "export", *who, "--out", str(out)) == 0
    return json.loads((out / "person.json").read_text(encoding="utf-8"))


def test_she_is_told_every_state_that_was_landed_her_letters_and_what_became_of_them(
    company, letters, tmp_path, capsys
):
    said = told(company, tmp_path / "out", "P1")
    assert {row["email"] for row in said["contact"]} == {WORDS["email"], WORDS["old_email"]}
    assert {row["phone"] for row in said["contact"]} == {WORDS["phone"]}
    assert said["contact_event_of_customer"][0]["event_id"] == "E1"
    [letter] = said["letter"]
    assert (letter["recipient"], letter["state"]) == (WORDS["old_email"], "sent")
    assert [event["state_to"] for event in letter["events"]][-1] == "sent"
    [kept] = letters.to([WORDS["old_email"]], legal_entity_id="E1")
    assert (tmp_path / "out" / letter["file"]).read_bytes() == kept.message
    assert "Una Other" not in json.dumps(said) and (tmp_path / "out").stat().st_mode & 0o077 == 0
    printed = "".join(capsys.readouterr())
    assert not [word for word in WORDS.values() if word in printed], "the screen names nobody"


def test_after_an_erasure_she_is_told_that(company, tmp_path):
    assert asked(company, "erase", "P1", "--by", "Ann", "--because", "her letter") == 0
    said = told(company, tmp_path / "out", "P1")
    assert {row["name"] for row in said["contact"]} == {"erased"}
    assert (said["letter"], said["erasure"][0]["by"]) == ([], "Ann")


def test_a_salesperson_is_told_of_customers(company, tmp_path):
    said = told(company, tmp_path / "out", "--email", SALES["salesperson_email"].upper())
    assert [row["customer_id"] for row in said["salesperson"]] == ["C1", "C2"]
    assert said["contact"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "--out", "x"], "say whom"),
        (["export", "P1", "--email", "a@b.example", "--out", "x"], "say whom"),
        (["export", "P77", "--out", "x"], "nothing is known"),
        (["erase", "P1", "--by", " ", "--because", "asked"], "--by: is empty"),
        (["erase", "P2", "--by", "Ann", "--because", "asked"], "claims are pursued"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_meant_is_refused(company, capsys, words, said):
    assert asked(company, *words) == 2
    assert said in capsys.readouterr().err


def test_the_page_on_privacy_names_every_column_that_is_about_people():
    page = (INCLUDE.parent / "docs" / "privacy.md").read_text(encoding="utf-8")
    [rows] = [part for part in page.split("##") if part.startswith(" What is about people")]
    personal = {column.name for table in tables().values() for column in table.columns if column.personal}
    assert personal == {*WORDS, *SALES} - {"old_email"}
    assert [name for name in personal if f"`{name}`" not in rows] == []


def test_an_answer_of_hers_and_letters_to_post_go_and_an_address_is_forgotten(company, ida):
    kept = inbox_folder(company.settings()) / "kept" / "2026-03-01"
    kept.mkdir(parents=True)
    (kept / "hers.eml").write_bytes(b"From: I <" + WORDS["email"].upper().encode() + b">\r\n\r\nno\r\n")
    (kept / "other.eml").write_bytes(b"From: o@buyer.example\r\n\r\nno\r\n")
    letters = posted_folder(company.official())
    letters.mkdir(parents=True, exist_ok=True)
    (letters / "00001.pdf").write_bytes(b"%PDF")
    outbox_url = company.settings().outbox_url
    with closing(KeptLetters(outbox_url)) as outbox:
        outbox.suppress(WORDS["email"], reason="bad_address", since=LATER, until=None, evidence="550")
    erased(company, ida())
    assert [file.name for file in kept.iterdir()] == ["other.eml"]
    assert not letters.exists()
    with closing(KeptLetters(outbox_url)) as outbox:
        assert outbox.suppressed([WORDS["email"]]) == []
