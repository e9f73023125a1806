"""Where the tests keep what they fetch and make once: beside the user's other caches, so that the checkout stays clean.

Whoever installs the skill from a checkout copies all that lies in it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return (Path(base) if base else Path.home() / ".cache") / "pocketbase-skill-tests"


CACHE = _cache()
# What belongs to this checkout alone.
OWN = CACHE / hashlib.sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:12]


def coverage_settings() -> dict[str, str]:
    """Return the variables by which a script that a test starts is measured too, if coverage is."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
