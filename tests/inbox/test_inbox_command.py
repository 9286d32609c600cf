"""`receivables inbox`: what waits, what it says, and what a person makes of it."""

from __future__ import annotations

import json

import pytest
from mailroom import RECIPIENT, Mailroom
from receivables import cli


def command(room: Mailroom, *words: str) -> int:
    _ = room.settings  # written as a person would
    return cli.main(["inbox", *words, "--settings", str(room.home / "settings.yaml")])


def waiting(room: Mailroom, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert command(room, "list", "--json") == 0
    return [row["inbound_id"] for row in json.loads(capsys.readouterr().out)]


def test_a_reply_is_read_shown_and_confirmed(mailroom, capsys) -> None:
    mailroom.drop(mailroom.fixture("reply_gmail"), mailroom.fixture("away_exchange"))
    assert command(mailroom, "read") == 0
    assert "'reply': 1" in capsys.readouterr().out
    assert command(mailroom, "list") == 0
    said = capsys.readouterr().out
    assert "reply, seems paid: DE01 customer C1 (by message_id)" in said and "@" not in said
    [name] = waiting(mailroom, capsys)
    assert command(mailroom, "show", name) == 0
    assert "we paid on Monday" in capsys.readouterr().out
    assert command(mailroom, "confirm", name, "--outcome", "paid", "--because", "Ann") == 0
    assert waiting(mailroom, capsys) == []
    assert mailroom.rows("select state, outcome, because from inbound_message where kind = 'reply'") == [
        ("confirmed", "paid", "Ann")]
    assert command(mailroom, "dismiss", name) == 2, "once is enough"


def test_whoever_is_the_wrong_person_is_not_written_to_again(mailroom, capsys) -> None:
    mailroom.read(mailroom.fixture("reply_by_sender"))
    [name] = waiting(mailroom, capsys)
    assert command(mailroom, "confirm", name, "--outcome", "wrong_person") == 0
    assert list(mailroom.suppressed(now=mailroom.letter.not_after.replace(year=2099))) == [RECIPIENT]


WRONG = [
    # what is asked | said | because
    (["show", "0" * 32], "no mail that came in", "there is none"),
    (["confirm", "STRANGER", "--outcome", "paid"], "nobody can tell its customer", "whose talk?"),
]


@pytest.mark.parametrize(("words", "said", "because"), WRONG, ids=[row[-1] for row in WRONG])
def test_what_cannot_be_meant_is_refused(mailroom, capsys, words, said: str, because: str) -> None:
    mailroom.read(mailroom.fixture("stranger"))
    [name] = waiting(mailroom, capsys)
    assert command(mailroom, *(name if word == "STRANGER" else word for word in words)) == 2
    assert said in capsys.readouterr().err, because


def test_a_mail_does_nothing_to_the_terminal(mailroom, capsys) -> None:
    mailroom.read(mailroom.fixture("stranger").replace(b"Congrat", b"\x1b]0;owned\x07"))
    [name] = waiting(mailroom, capsys)
    assert command(mailroom, "show", name) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_mail_that_is_not_kept_any_more_is_still_known(mailroom, capsys) -> None:
    mailroom.read(mailroom.fixture("stranger"))
    for file in mailroom.home.rglob("kept/*/*.eml"):
        file.unlink()
    [name] = waiting(mailroom, capsys)
    assert command(mailroom, "show", name) == 0
    assert "not kept any more" in capsys.readouterr().out


def test_a_refusal_of_ours_fails_the_command(mailroom, capsys) -> None:
    mailroom.drop(mailroom.fixture("exchange_rewritten"))
    assert command(mailroom, "read") == 1
    assert "refuses us" in capsys.readouterr().out
