"""The tokens of JavaScript beside those of acorn, on the code of the pages, of the judges, and of npm packages."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from _pb.languages.javascript_tokens import code_tokens, tokens
from tools import node_modules, tool

TESTS = Path(__file__).resolve().parents[1]
HERE = Path(__file__).with_name("acorn")
LARGEST = 300_000


def corpus() -> dict[str, str]:
    """Return texts by their names: blocks of the pages, files of the tests, and what npm installs for them."""
    texts = {}
    for page in (TESTS.parent / "references").glob("*.md"):
        blocks = re.findall(r"^```js[^\n]*\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        texts.update({f"{page.name} {number}": block for number, block in enumerate(blocks)})
    packages = (node_modules(HERE / "package.json"), node_modules(TESTS / "docs" / "sdk" / "package.json"))
    for folder in (TESTS, *packages):
        for path in sorted({*folder.rglob("*.js"), *folder.rglob("*.mjs"), *folder.rglob("*.cjs")}):
            if path.stat().st_size < LARGEST:
                texts[str(path)] = path.read_text("utf-8", "replace")
    # acorn counts in units of UTF-16.
    return {name: text for name, text in texts.items() if max(text, default="") < "\U00010000"}


def test_the_tokens_are_those_of_acorn() -> None:
    texts = corpus()
    packages = node_modules(HERE / "package.json")
    command = [tool("node"), str(HERE / "tokens.mjs"), str(packages)]
    done = subprocess.run(command, input=json.dumps(texts).encode(), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    answers = {name: found for name, found in json.loads(done.stdout).items() if found is not None}
    assert len(answers) > 60
    different = []
    for name, wanted in answers.items():
        assert "".join(token.text for token in tokens(texts[name])) == texts[name]
        if [[token.kind, token.start, token.end] for token in code_tokens(texts[name])] != wanted:
            different.append(name)
    assert different == []
