"""A finding: which law is broken where, by whom, with the requests that show it and the rule that mends it."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.access.scene import Scene
from _pb.access.stage import Seen

HIGH, QUESTION = "high", "review"


class Mend(NamedTuple):
    """The rule of an action that would mend it."""

    collection: str
    action: str
    rule: str | None


class Finding(NamedTuple):
    """A broken law. `who` is said in words of relation; `proof` are requests with their answers, sent in `scene`."""

    severity: str
    code: str
    collection: str
    action: str
    who: str
    message: str
    proof: tuple[Seen, ...] = ()
    mend: Mend | None = None
    fix: str = ""
    scene: Scene | None = None

    def as_data(self) -> dict[str, Any]:
        """Return the finding as it is printed: what is a leak with its requests and answers."""
        data = self.as_saved()
        if self.proof and self.is_alarm:
            data["proof"] = [seen.as_data() for seen in self.proof]
        return data

    def as_saved(self) -> dict[str, Any]:
        """Return the finding as a file keeps it, without anything that differs from run to run."""
        names = ("severity", "code", "collection", "action", "who", "message", "fix")
        return {name: getattr(self, name) for name in names}

    @property
    def is_alarm(self) -> bool:
        """Whether it is a leak unless somebody who knows the application says otherwise."""
        return self.severity == HIGH

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes it the same finding."""
        return (self.severity, self.code, self.collection, self.action, self.message)
