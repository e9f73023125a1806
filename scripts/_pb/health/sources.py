"""Which file, and which variable, each setting in effect is from."""

from __future__ import annotations

import re
from typing import Any

from pb_common.settings import DEFAULT_URL, environment, find_values, without_user

# A value of such a name may open something.
_SECRET = r".*(PASSWORD|TOKEN|SECRET|KEY)"


def sources() -> dict[str, Any]:
    """Return the .env file that was read, and each PB_ variable in effect: its value, a secret masked, and its source.

    Raises PBUsageError for a file that cannot be read, or a missing one of an environment that is named.
    """
    found = find_values()
    file = str(found.env_file) if found.env_file else None
    settings: dict[str, Any] = {"PB_URL": {"value": DEFAULT_URL, "from": "the default"}}
    for name, value in sorted(found.values.items()):
        if value or name != "PB_URL":
            shown = "***" if value and re.fullmatch(_SECRET, name) else without_user(value) if "://" in value else value
            settings[name] = {"value": shown, "from": file if name in found.from_file else "the environment"}
    return {"environment": environment() or None, "envFile": file, "settings": settings}
