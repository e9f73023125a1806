"""What a rule can be for."""

from __future__ import annotations

ACTIONS = ("list", "view", "create", "update", "delete", "manage", "auth")
