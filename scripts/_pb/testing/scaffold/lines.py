"""The lines of a scaffolded test after its setup: assertions, what they show, and what is to be known of them."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """An assertion as code, "" if there is none, with what is said above it.

    `leak` says what the assertion, which fails, has found; `not_tried` why there is none; `note` is any other comment.
    `is_proof` says that somebody was seen to pass the rule, `is_allowed` that the request was allowed.
    """

    code: str = ""
    leak: str = ""
    not_tried: str = ""
    note: str = ""
    is_proof: bool = False
    is_allowed: bool = False

    def text(self) -> list[str]:
        """Return the line as it is written, with its comment."""
        words = f"A leak: {self.leak}. If that is meant, expect it instead." if self.leak else self.note
        comment = f"not tried: {self.not_tried}" if self.not_tried else words
        return [*([f"# {comment}"] if comment else []), *([self.code] if self.code else [])]


class Doubt(NamedTuple):
    """What to ask about a success that may be meant: what somebody may do, and who that is, "" if it is said there."""

    what: str
    who: str = ""

    @property
    def words(self) -> str:
        """The doubt as it is read."""
        return f"{self.who} {self.what}" if self.who else self.what
