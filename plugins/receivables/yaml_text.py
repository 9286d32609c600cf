"""Reading YAML: the C reader, eight times as fast, where there is one; never a Python object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """The one document of a text. Raises yaml.YAMLError if it is none."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 — a safe one


def read_all_yaml(text: str) -> Iterator[Any]:
    """The documents of a text, parted by `---`. Raises yaml.YAMLError as they are read."""
    return yaml.load_all(text, Loader=LOADER)
