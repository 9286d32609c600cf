"""Letters by post: a PDF each in the night's folder, for a person to print, sign and post."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from receivables.dispatch import templates
from receivables.dispatch.letter import STEPS_WITH_A_DEADLINE, render
from receivables.dispatch.paper import letter_pdf
from receivables.errors import DataError
from receivables.lake import Night
from receivables.publish.letter import letter_of, read_lines
from receivables.select.policy import Policy, Step
from receivables.settings import Entity, Settings
from receivables.sql import Session

# More than anybody posts in a day; the rest of the list has none yet.
LETTERS_MAX = 2000


@dataclass(frozen=True, slots=True)
class PostedLetter:
    """Where the PDF of a letter is, seen from the work list's page, or why there is none."""

    file: str = ""
    fault: str = ""


def posted_folder(night: Night) -> Path:
    """Where the letters that a night waits to be posted lie."""
    return night.folder / "publish" / "letters"


def write_posted_letters(
    sql: Session, night: Night, settings: Settings, policies: Mapping[str, Policy]
) -> dict[tuple[str, str], PostedLetter]:
    """Write the letters that wait to be posted, by customer and currency; as of this night.

    One that cannot be written is told of on the work list, and the others are written.
    """
    folder = posted_folder(night)
    shutil.rmtree(folder, ignore_errors=True)
    steps = {(policy.name, step.step): step
             for policy in policies.values() for step in policy.steps}
    claiming = ["/".join(key) for key, step in steps.items() if step.interest == "claim"]
    entity = settings.entities[night.legal_entity_id]
    lines = read_lines(
        sql, "publish/posted_letter_item", night, entity, claiming_steps=claiming
    )
    posted = {}
    for row in sql.rows("publish/posted_letter", letters_max=LETTERS_MAX):
        policy = policies[row["policy_name"]]
        step = steps[row["policy_name"], row["step"]]
        try:
            content = _written(row, lines[row["letter_id"]], night, settings, policy, step)
        except DataError as unfit:
            letter = PostedLetter(fault=str(unfit))
        else:
            letter = PostedLetter(file=_keep(folder, row["priority"], content))
        posted[row["customer_id"], row["currency"]] = letter
    return posted


def _written(
    row: Mapping[str, Any], lines: list[dict[str, Any]], night: Night, settings: Settings,
    policy: Policy, step: Step,
) -> bytes:
    if step.template not in templates.STEPS:
        raise DataError(f"there is no letter for step {step.template}: write one")
    if step.template in STEPS_WITH_A_DEADLINE and step.pay_within_days is None:
        raise DataError(f"step {step.step} needs pay_within_days: its letter sets a deadline")
    entity: Entity = settings.entities[night.legal_entity_id]
    row = {**row, "interest_mode": step.interest}
    rendered = render(letter_of(row, lines, night, settings, entity, policy, step))
    owner = f"customer {row['customer_id']}"
    return letter_pdf(rendered, as_of_date=night.as_of_date, owner=owner)


def _keep(folder: Path, priority: int, content: bytes) -> str:
    """The file is named after its place on the list: no name of a file comes from data."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{priority:05d}.pdf"
    file.write_bytes(content)
    return f"{folder.name}/{file.name}"
