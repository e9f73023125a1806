"""What a rule can be for."""

from __future__ import annotations

ACTIONS = ("list", "view", "create", "update", "delete", "manage", "auth")
# The rules of requests for records, without those about signing in and about managing accounts.
REQUEST_RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
