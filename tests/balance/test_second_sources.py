"""Reference rates against a second series that somebody else keeps, or against their own law."""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import pytest
from receivables.balance.rate import RATES, DatedRate, load_series, series_names, write_series
from receivables.balance.rule_file import load_rules

SECOND = Path(__file__).parent / "second_series"
HALF = Decimal("0.005")  # what two decimal places leave open


def second_series(name: str) -> list[dict[str, str]]:
    with (SECOND / f"{name}.csv").open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def percent_on(name: str, day: date) -> Decimal | None:
    return next(
        rate.percent for rate in load_series(name) if rate.valid_from <= day <= rate.valid_to
    )


def half_years(name: str) -> list[DatedRate]:
    return [rate for rate in load_series(name) if rate.percent is not None]


def test_the_bank_rate_of_every_reference_day_is_that_of_a_published_table():
    rows = second_series("uk_bank_rate")
    assert len(rows) == 27
    assert {row["day"]: percent_on("uk_bank_rate", date.fromisoformat(row["day"])) for row in rows} == {
        row["day"]: Decimal(row["percent"]) for row in rows
    }


def test_the_ecb_rate_of_every_half_year_is_that_of_its_first_day():
    for rate in half_years("ecb_halfyear"):
        if rate.valid_from <= date(2026, 7, 1):
            assert percent_on("ecb_mro", rate.valid_from) == rate.percent, rate.valid_from


def test_the_german_base_rate_moves_as_the_ecb_rate_does():
    """BGB s. 247(1): by as many points as the main refinancing rate since the last change."""
    compared = [
        rate.percent - percent_on("ecb_halfyear", rate.valid_from)
        for rate in half_years("de_basiszinssatz") if rate.valid_from >= date(2013, 1, 1)
    ]
    assert len(compared) == 28
    assert set(compared) == {Decimal("-0.88")}


def test_the_austrian_base_rate_follows_the_ecb_rate_in_steps_of_half_a_point():
    """1. Euro-Justiz-Begleitgesetz: changes that come to less than 0.50 points are left out."""
    derived = {date(2013, 5, 8): Decimal("-0.12")}
    base, reference = Decimal("-0.12"), Decimal("0.50")
    for rate in load_series("ecb_mro"):
        if rate.valid_from > date(2013, 5, 8) and abs(rate.percent - reference) >= Decimal("0.50"):
            base, reference = base + rate.percent - reference, rate.percent
            derived[rate.valid_from] = base
    changes = load_series("at_basiszinssatz_changes")
    assert derived == {rate.valid_from: rate.percent for rate in changes}
    for rate in half_years("at_basiszinssatz"):
        if rate.valid_from <= changes[-1].valid_to:
            assert percent_on("at_basiszinssatz_changes", rate.valid_from) == rate.percent


def test_the_taxa_legal_is_the_selic_less_inflation_of_the_month_before():
    """Res. CMN 5.171/2024; the parts are known to two decimal places, the result to six."""
    compared = 0
    for row in second_series("br_selic_ipca15"):
        month = date.fromisoformat(row["month"])
        day = date(month.year + month.month // 12, month.month % 12 + 1, 28)
        selic, inflation = Decimal(row["selic_percent"]), Decimal(row["ipca15_percent"])
        low = 100 * ((100 + selic - HALF) / (100 + inflation + HALF) - 1)
        high = 100 * ((100 + selic + HALF) / (100 + inflation - HALF) - 1)
        day = date(2024, 8, 31) if day == date(2024, 8, 28) else day
        assert max(low, Decimal(0)) <= percent_on("br_taxa_legal", day) <= max(high, Decimal(0)), day
        compared += 1
    assert compared == 27


STATUTORY = [
    # rule, half-year | percent published | source
    ("be_b2b", "2018-07-01", "8", "aquo.be"),
    ("be_b2b", "2024-01-01", "12.5", "medenam.be"),
    ("be_b2b", "2024-07-01", "12.5", "blog.forumforthefuture.be"),
    ("be_b2b", "2025-07-01", "10.5", "embuild.be"),
    ("be_b2b", "2026-01-01", "10.5", "embuild.be"),
    ("pt_b2b", "2025-01-01", "11.15", "eco.sapo.pt 2026-01-16"),
    ("pt_b2b", "2025-07-01", "10.15", "capitalizar.pt 2025-07"),
    ("nl_b2b", "2026-07-01", "10.40", "two public repositories"),
    ("at_b2b", "2017-07-01", "8.58", "360.lexisnexis.at ARD 6556/2/2017"),
    ("at_b2b", "2023-01-01", "11.08", "solidbau.at"),
    ("at_b2b", "2024-07-01", "13.08", "wko.at/ooe/verzugszinssatz-zwischen-unternehmern"),
    ("pl_b2b", "2021-07-01", "10.1", "przysowa.pl, in November 2021"),
]


@pytest.mark.parametrize(
    ("rule_id", "day", "percent", "source"), STATUTORY,
    ids=[f"{row[0]} {row[1]}" for row in STATUTORY],
)
def test_reference_and_margin_come_to_the_statutory_rate_that_others_publish(
    rule_id, day, percent, source
):
    version = load_rules()[rule_id].version(contract_date=None, due_date=date.fromisoformat(day))
    total = percent_on(version.series, date.fromisoformat(day)) + version.rule.margin
    if version.rule.rate_rounding:
        step = version.rule.rate_rounding.step
        total = (total / step).to_integral_value(ROUND_CEILING) * step
    assert total == Decimal(percent), source


FIXED = [
    # rule | percent a year | status | source
    ("ch_104", "5", "FOUND", "OR art. 104(1), text quoted on de-jure.ch/verzugszinsen"),
    ("br_contract", "12", "FOUND", "CC art. 406 with CTN art. 161 s. 1; kobana.com.br, ciclo.eco"),
    ("at_not_responsible", "4", "FOUND", "wko.at; 360.lexisnexis.at"),
    ("mx_commercial", "6", "RECALLED", "Codigo de Comercio art. 362"),
    ("ca_interest_act", "5", "RECALLED", "Interest Act R.S.C. 1985 c. I-15 ss. 3-4"),
]


@pytest.mark.parametrize(
    ("rule_id", "percent", "status", "source"), FIXED, ids=[row[0] for row in FIXED]
)
def test_a_percentage_fixed_by_law_says_how_sure_it_is(rule_id, percent, status, source):
    [version] = load_rules()[rule_id].versions
    months = 12 if version.rule.period == "month" else 1
    assert version.rule.percent * months == Decimal(percent), source
    assert version.status == status


def test_no_recalled_value_has_a_second_source_and_no_unknown_one_any():
    for name in series_names():
        for rate in load_series(name):
            if rate.status == "RECALLED" or rate.percent is None:
                assert not rate.second_source, f"{name} {rate.valid_from}"


def test_reading_and_writing_a_series_changes_no_byte(tmp_path):
    write_series({name: load_series(name) for name in series_names()}, tmp_path)
    for file in RATES.glob("*.csv"):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name
