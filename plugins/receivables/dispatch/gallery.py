"""The gallery: one page with every letter that we write, for whoever edits the templates."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from receivables.dispatch.letter import PAYMENT_CODE_ID, RenderedLetter, render
from receivables.dispatch.paper import letter_pdf, payment_code_png
from receivables.dispatch.sample import Sample, samples
from receivables.dispatch.templates import template_faults
from receivables.errors import PolicyError
from receivables.page import page


def write_gallery(
    folder: Path, *, steps: Sequence[str], languages: Sequence[str],
    progress: Callable[[str], None],
) -> Path:
    """Write the page and the letters' PDFs into a folder; what was there under their names goes.

    Raises PolicyError with every fault of the templates.
    """
    if faults := template_faults(steps):
        raise PolicyError("\n".join(faults))
    (folder / "pdf").mkdir(parents=True, exist_ok=True)
    shown = []
    for step in steps:
        shown += [_shown(folder, step, language) for language in languages]
        progress(f"{step}: {len(languages)} languages")
    file = folder / "letters.html"
    file.write_text(
        page("letters").render(steps=steps, languages=languages, shown=shown), encoding="utf-8"
    )
    return file


def _shown(folder: Path, step: str, language: str) -> dict[str, Any]:
    """All letters of a step in a language, as the page shows them."""
    return {
        "step": step, "language": language,
        "letters": list(_letters(folder, f"{step}_{language}", samples(step, language))),
    }


def _letters(folder: Path, name: str, chosen: Sequence[Sample]) -> Iterator[dict[str, str]]:
    for number, sample in enumerate(chosen, start=1):
        rendered = render(sample.letter)
        pdf = f"pdf/{name}_{number}.pdf"
        (folder / pdf).write_bytes(
            letter_pdf(rendered, as_of_date=sample.letter.as_of_date, owner=sample.name)
        )
        yield {
            "name": sample.name, "subject": rendered.subject, "html": _whole(rendered),
            "text": rendered.text, "pdf": pdf,
        }


def _whole(rendered: RenderedLetter) -> str:
    """The HTML with its picture in it: a page has no message to take it from."""
    if rendered.payment_code is None:
        return rendered.html
    picture = base64.b64encode(payment_code_png(rendered)).decode()
    return rendered.html.replace(f"cid:{PAYMENT_CODE_ID}", f"data:image/png;base64,{picture}")
