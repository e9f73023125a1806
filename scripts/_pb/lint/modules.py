"""Which files of a folder of hooks are loaded: by PocketBase itself, or by what requires them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from _pb.languages.javascript import Call, Source
from _pb.languages.javascript_tokens import TEMPLATE


def is_loaded(path: Path, folder: Path) -> bool:
    """Tell whether PocketBase loads a file by itself."""
    return path.parent == folder and path.name.endswith((".pb.js", ".pb.ts"))


class Required:
    """What the files of a folder require, as far as the text of each call tells."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._endings: set[str] = set()
        self._anything = False
        for source in sources:
            if "require" in source.text:
                self._read(source)

    def _read(self, source: Source) -> None:
        for path in source.paths():
            call = path.parts[1] if path.root == "require" and len(path.parts) > 1 else None
            if not isinstance(call, Call) or not call.arguments:
                continue
            texts = list(source.texts(call.arguments[0]))
            piece = texts[-1].text.strip("\"'`}${") if texts else ""
            if texts and texts[-1].kind == TEMPLATE and texts[-1].text.endswith("${"):
                piece = ""
            ending = re.sub(r"^[./]+", "", piece)
            self._anything = self._anything or not ending
            self._endings.add(re.sub(r"\.(js|ts|json)$", "", ending))

    def holds(self, path: Path, folder: Path) -> bool:
        """Tell whether a file is, or may be, required."""
        name = path.relative_to(folder).as_posix()
        plain = re.sub(r"\.(js|ts)$", "", name)
        names = {plain, plain[: -len("/index")] if plain.endswith("/index") else plain}
        return self._anything or any(
            one == ending or one.endswith("/" + ending) or ending.endswith("/" + one)
            for one in names
            for ending in self._endings
        )
