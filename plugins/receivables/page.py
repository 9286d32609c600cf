"""Pages about a night (`include/templates/report`): they load nothing, and trust no text."""

from __future__ import annotations

from functools import cache

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from receivables.contract import INCLUDE


def page(name: str, **known: object) -> Template:
    """The template of a page, autoescaped; `known` is there in its macros, too, until the page is
    asked for again.
    """
    return _environment().get_template(f"{name}.html", globals=known)


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=FileSystemLoader(INCLUDE / "templates" / "report"), autoescape=True,
        undefined=StrictUndefined,
    )
