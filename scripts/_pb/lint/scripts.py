"""JavaScript files of a folder, and the mistakes in each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pb_common import PBUsageError


def script_findings(path: Path, mistakes: Any) -> list[dict[str, Any]]:
    from _pb.languages.javascript import Source
    from pb_common.reading import read_text

    source = Source(read_text(str(path)))
    found = sorted(mistakes(source), key=lambda mistake: mistake.position)
    return [
        {
            "file": str(path),
            "line": source.line(item.position),
            "kind": item.kind,
            "message": item.message,
            "fix": item.fix,
        }
        for item in found
    ]


def folder_of(name: str | None, default: str) -> Path:
    folder = Path(name or default)
    if not folder.is_dir():
        raise PBUsageError(
            f"There is no folder {str(folder)!r}.", hint="Name the folder as the last word.", code="unreadable_file"
        )
    return folder
