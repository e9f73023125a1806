"""The pages of HTML that the tools write, as a real browser shows them; the screenshots are kept as artefacts."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import Runner
from places import OWN
from tools import node_modules, tool

HERE = Path(__file__).parent
BLOG = [
    {"name": "tags", "fields": [{"name": "label", "type": "text"}], "listRule": "", "viewRule": ""},
    {
        "name": "articles",
        "fields": [
            {"name": "title", "type": "text", "required": True},
            {"name": "author", "type": "relation", "collectionId": "users", "required": True},
            {"name": "tags", "type": "relation", "collectionId": "tags", "maxSelect": 9},
            {"name": "answers", "type": "relation", "collectionId": "articles"},
        ],
        "listRule": "title != '<b>[[script]]</b>' && author = @request.auth.id",
        "indexes": ["CREATE INDEX idx_articles_title ON articles (title)"],
    },
    {"name": "titles", "type": "view", "viewQuery": "SELECT id, title FROM articles"},
]


def looked_at(page: Path, search: str = "") -> dict[str, Any]:
    """Return what a browser saw of a page; its screenshots go to the folder of artefacts."""
    artefacts = Path(os.environ.get("PB_ARTEFACTS", str(OWN / "screenshots")))
    artefacts.mkdir(parents=True, exist_ok=True)
    browser = tool("chromium", "chromium-browser", "google-chrome")
    modules = node_modules(HERE / "package.json")
    command = [tool("node"), str(HERE / "look.mjs"), str(modules), browser, str(page), str(artefacts), search]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    for look in ("light", "dark", "print"):
        assert (artefacts / f"{page.stem}-{look}.png").stat().st_size > 10_000
    seen: dict[str, Any] = json.loads(done.stdout)
    assert (seen["serious"], seen["errors"], seen["requests"]) == ([], [], [])
    return seen


@pytest.mark.both_ends
def test_the_drawing_of_a_schema(own_pb: Runner) -> None:
    own_pb.ok("pb_collections.py", "import", json.dumps(BLOG))
    assert own_pb.ok("pb_collections.py", "diagram", "--html", "schema.html") == {"file": "schema.html"}
    page = own_pb.folder / "schema.html"
    text = page.read_text("utf-8")
    assert "Where the caller is signed in" not in text
    assert "<title>articles.tags leads to tags</title>" in text
    assert "&lt;b&gt;[[script]]&lt;/b&gt;" in text
    seen = looked_at(page, "label")
    # The first one is tags, to which articles lead alone.
    assert (seen["sections"], seen["tied"]) == (1, 2)


def test_the_page_of_a_matrix(own_pb: Runner) -> None:
    own_pb.ok("pb_collections.py", "import", json.dumps(BLOG[:2]))
    done = own_pb.raw("pb_access.py", "matrix", "articles", "--format", "html", "--output", "access.html")
    assert done.returncode in (0, 1), done.stderr
    seen = looked_at(own_pb.folder / "access.html")
    assert seen["unfolded"] is True
