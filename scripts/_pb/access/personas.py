"""Who tries: a label, an account, and whose records are theirs."""

from __future__ import annotations

from typing import NamedTuple

from _pb.access.states import State

OWNER, OTHER, PEER = "owner", "other", "peer"
GUEST, SUPERUSER = "guest", "superuser"


class Persona(NamedTuple):
    """Somebody who tries: a label such as users:owner, and where the records of their own are (A, B or C).

    Where `state` is set, they are what the label says only while their record of `via` is in that state.
    """

    label: str
    collection: str = ""
    id: str = ""
    token: str = ""
    world: str = "C"
    via: str = ""
    state: State | None = None

    @property
    def plain(self) -> bool:
        """Whether the actor has no special role, or owns the records that are looked at."""
        return " " not in self.label or self.state is not None
