"""A SELECT gets the CTEs that its folder shares."""

from __future__ import annotations

import duckdb
from receivables.extract.queries import with_ctes

SHARED = {
    "paid": "-- What was paid.\nselect debtor, 4 as amount from debtors",
    "debtors": "select 'ACME' as debtor",
    "unread": "select * from no_such_table",
}


def test_a_ctes_own_ctes_go_before_it_and_unread_ones_are_left_out() -> None:
    text = with_ctes("-- Grain: debtor\nselect debtor, amount from paid", SHARED)
    assert text.index("debtors as (") < text.index("paid as (")
    assert "unread" not in text
    assert duckdb.sql(text).fetchall() == [("ACME", 4)]


def test_the_selects_own_ctes_come_after_the_shared() -> None:
    own = "with doubled as (\n    select debtor, 2 * amount as amount\n    from paid\n)\n\n"
    text = with_ctes(own + "select * from doubled join debtors using (debtor)", SHARED)
    assert duckdb.sql(text).fetchall() == [("ACME", 8)]


def test_a_selects_own_cte_goes_before_a_shared_one_of_its_name() -> None:
    text = "with debtors as (\n    select 'Own' as debtor\n)\n\nselect * from debtors"
    assert with_ctes(text, SHARED) == text


def test_a_name_in_a_remark_is_not_read() -> None:
    text = "-- Rows come from paid.\nselect 1 as one"
    assert with_ctes(text, SHARED) == text
