"""The formats that a matrix can be shown in, beside JSON."""

from __future__ import annotations

FORMATS = ("table", "markdown", "html")
