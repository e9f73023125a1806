"""The templates of mails: most of what an auth collection holds, and seldom what is asked for."""

from __future__ import annotations

import argparse
import re
from typing import Any

from pb_common import Outcome

_TEMPLATE = re.compile(r"\w*[tT]emplate$")


def without_templates(args: argparse.Namespace, answer: Any) -> Any:
    """Return collections without the templates of their mails, unless --templates or --fields asks for them."""
    if args.templates or (args.fields and "emplate" in args.fields):
        return answer
    shorter = _without(answer)
    left_out = shorter != answer and not args.fields
    return Outcome(shorter, hint="Mail templates are left out: --templates prints them." if left_out else None)


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(item) for item in value]
    if not isinstance(value, dict):
        return value
    # A template is an object of subject and body; a field or an option may be called so too.
    return {
        key: _without(inner)
        for key, inner in value.items()
        if not (_TEMPLATE.match(key) and isinstance(inner, dict) and "body" in inner)
    }
