"""`js hook` and `js migration` blocks: loaded by the real binary; the blocks that follow show their effect."""

from __future__ import annotations

import re
from typing import Callable

from .pages import Block
from .stage import Stage

_TROUBLE = re.compile(r"failed to execute|[Ff]ailed to load|panic:|GoError|ReferenceError|SyntaxError|TypeError")


def hook(stage: Stage, block: Block) -> None:
    """Restart the server with this hook instead of the page's earlier ones (`keep`: beside them).

    `file=pb_hooks/x.js` writes a module for later hooks to load. `fails="fragment"`: the server must not take the hook
    and say so in its log. `wrong`: it is taken, and the next block shows what is wrong with it.
    """
    hooks = stage.project.folder / "pb_hooks"
    hooks.mkdir(exist_ok=True)
    if "file" in block.marks:
        stage.project.write(block.marks["file"], stage.project.text(block))
        return
    if "keep" not in block.marks:
        for old in hooks.glob("doc_*.pb.js"):
            old.unlink()
    file = hooks / f"doc_{block.line}.pb.js"
    file.write_text(stage.project.text(block), "utf-8")
    log = restarted(stage, file.unlink)
    expect(block, log)


def migration(stage: Stage, block: Block) -> None:
    """Apply the migration, revert it and apply it again (`keep`: it cannot be reverted).

    `fails="fragment"`: it must not be applied, and the server must say so.
    """
    folder = stage.project.folder / "pb_migrations"
    folder.mkdir(exist_ok=True)
    name = block.marks.get("file", f"pb_migrations/{2000000000 + block.line}_doc.js").rpartition("/")[2]
    file = folder / name
    file.write_text(stage.project.text(block), "utf-8")
    stage.server.stop()
    try:
        output = _migrate(stage, "up")
        if "fails" in block.marks:
            assert f"Applied {name}" not in output, output
            assert block.marks["fails"] in output, output
            file.unlink()
            return
        assert f"Applied {name}" in output, output
        # Before 0.25 only a terminal could answer the question that "down" asks.
        if "keep" not in block.marks and stage.at_least("0.25.0"):
            reverted = _migrate(stage, "down", "1")
            assert f"Reverted {name}" in reverted, reverted
            assert f"Applied {name}" in _migrate(stage, "up")
    except AssertionError:
        file.unlink()
        raise
    finally:
        stage.server.start()


def restarted(stage: Stage, undo: Callable[[], None]) -> str:
    """Restart the server and return what it logged; if it does not start, `undo` what was wrong and start it again."""
    before = len(stage.server.log)
    try:
        stage.restart()
    except RuntimeError:
        undo()
        log = stage.server.log[before:]
        stage.server.start()
        return log + "\nfailed to load: the server did not start"
    return stage.server.log[before:]


def expect(block: Block, log: str) -> None:
    """Check that what the server logged while starting is what the block's marks say."""
    trouble = _TROUBLE.search(log)
    if "fails" in block.marks:
        assert trouble, f"it was loaded: {log}"
        assert block.marks["fails"] in log, log
    else:
        assert not trouble, log


def _migrate(stage: Stage, *words: str) -> str:
    folder = stage.project.folder
    options = ["--dir", str(folder / "pb_data"), "--migrationsDir", str(folder / "pb_migrations")]
    return stage.project.run(["./pocketbase", "migrate", *words, *options], stdin="y\n").stdout
