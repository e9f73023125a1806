"""JSON as a person would write it into a source file."""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 80


def literal(value: Any, margin: str = "", step: str = "  ") -> str:
    """Return a value as JSON, each object or array on one line where it fits, else an item a line.

    `margin` is the indentation of the line on which it begins, `step` what each level adds. A text never contains
    the two line separators that end a line in older JavaScript.
    """
    flat = json.dumps(value, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    if not isinstance(value, (dict, list)) or len(margin) + len(flat) <= _WIDTH:
        return flat
    inner = margin + step
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {literal(item, inner, step)}" for key, item in value.items()]
        first, last = "{}"
    else:
        items = [literal(item, inner, step) for item in value]
        first, last = "[]"
    lines = ",\n".join(inner + item for item in items)
    return f"{first}\n{lines}\n{margin}{last}"
