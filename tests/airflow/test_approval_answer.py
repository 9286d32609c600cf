"""What follows an answer: only a yes releases, whatever Airflow skips or does not skip."""

import pytest
from airflow.sdk.exceptions import AirflowSkipException
from receivables_airflow import approval

EVE = {"id": "eve", "name": "eve"}


@pytest.mark.parametrize(
    ("chosen", "by", "because"),
    [
        (["Reject"], EVE, "somebody said no: Airflow does not skip behind a mapped question"),
        (["Reject"], None, "nobody answered in time"),
        ([], EVE, "nothing was chosen"),
        (["approve"], EVE, "no such answer"),
        (["Approve", "Reject"], EVE, "two answers are none"),
    ],
)
def test_only_a_yes_releases(tmp_path, monkeypatch, chosen, by, because):
    settings = tmp_path / "settings.yaml"
    monkeypatch.setenv("RECEIVABLES_SETTINGS", str(settings))  # which is not even read
    with pytest.raises(AirflowSkipException):
        approval.release("BR, owner", ["n1"], {"chosen_options": chosen, "responded_by_user": by})
