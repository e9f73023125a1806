"""Shell, console and Python blocks: run in the page's project."""

from __future__ import annotations

import re

from .compare import missing_fragment, pattern
from .pages import Block
from .stage import Project, Stage

_EXPECTED = re.compile(r"^\s*(?:#|//) => ?(.+)$", re.MULTILINE)


def shell(stage: Stage, block: Block) -> None:
    """Run the lines with bash, which stops at the first that fails; `fails=N` is the exit code it must end with."""
    _run(stage, block, ["bash", "-eo", "pipefail", "-c"])


def python(stage: Stage, block: Block) -> None:
    """Run the block with scripts/ on Python's path; `fails=N` is the exit code it must end with."""
    _run(stage, block, ["python3", "-c"], PYTHONPATH="scripts")


def _run(stage: Stage, block: Block, interpreter: list[str], **env: str) -> None:
    fresh = "fresh" in block.marks
    project = stage.fresh_project() if fresh else stage.project
    try:
        # What the page has remembered, such as a mail's <TOKEN>, is a variable there.
        known = {name.strip("<>"): word for name, word in stage.known.items()}
        done = project.run([*interpreter, project.text(block)], **known, **env)
    finally:
        if fresh:
            project.run(["python3", "scripts/pb_server.py", "down"])
    stage.output = done.stdout
    wanted = int(block.marks.get("fails", 0))
    assert done.returncode == wanted, f"exit code {done.returncode}, not {wanted}:\n{done.stdout}"
    check_fragments(stage, project.text(block), done.stdout)


def check_fragments(stage: Stage, text: str, output: str) -> None:
    """Check that what the `=>` comments of a block say stands in its output, in this order."""
    fragments = [match.strip() for match in _EXPECTED.findall(text)]
    missing = missing_fragment(fragments, output, stage.known)
    assert not missing, f"the output lacks {missing!r}, at least after what comes before it:\n{output}"


def console(stage: Stage, block: Block) -> None:
    """Run each line that begins with `$ ` and compare its output; ports, process ids, versions and times may differ."""
    fresh = "fresh" in block.marks
    project = stage.fresh_project() if fresh else stage.project
    try:
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, said = part.partition("\n")
            seen = project.run(["bash", "-c", project.placed(command)]).stdout
            wanted, got = _steady(project, said), _steady(project, seen)
            same = pattern(wanted, stage.known).fullmatch(got)
            assert same, f"$ {command}\n{seen}\nis not what the page says:\n{said}"
    finally:
        if fresh:
            project.run(["python3", "scripts/pb_server.py", "down"])


def _steady(project: Project, text: str) -> str:
    text = re.sub(r'"(pid|version)": ?"?[\d.]+"?', r'"\1":0', project.placed(text))
    text = re.sub(r"pb_migrations/\d+_", "pb_migrations/0_", text)
    return "\n".join(line for line in text.strip().splitlines() if line.strip())


def output(stage: Stage, block: Block) -> None:
    """Check that the block before printed these lines, in this order."""
    missing = missing_fragment([line.strip() for line in block.text.splitlines() if line.strip()], stage.output, {})
    assert not missing, f"{missing!r} is not in what the block before printed:\n{stage.output}"
