#!/usr/bin/env python3
"""How long `types` and `openapi` take for many collections, from the command to the written file.

PYTHONPATH=scripts:tests python3 tests/bench/bench_types.py

Each collection has the 30 fields of the tests' schema, relations in circles among them. The answer is the seconds of
processor time, the least of three runs, for 500 collections; two are the most that they may be.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNT, ROUNDS = 500, 3
COMMANDS = (*(("types", "--lang", lang) for lang in ("typescript", "python", "go", "jsonschema")), ("openapi",))


def write_schema(path: Path) -> None:
    """Write a schema of many collections, each related to another one."""
    posts = json.loads((ROOT / "tests" / "generators" / "schema.json").read_text("utf-8"))[0]
    made = []
    for number in range(COUNT):
        targets = {"parent": f"c{number * 7 % COUNT}"}
        fields = [
            {**field, "collectionId": targets.get(field["name"], "users")} if field["type"] == "relation" else field
            for field in posts["fields"]
        ]
        made.append({**posts, "name": f"c{number}", "fields": fields})
    path.write_text(json.dumps(made), "utf-8")


def seconds(command: list[str]) -> float:
    """Return the processor time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print what each generator takes."""
    with tempfile.TemporaryDirectory() as folder:
        schema = Path(folder) / "schema.json"
        write_schema(schema)
        for words in COMMANDS:
            output = Path(folder) / words[-1]
            script = [sys.executable, str(ROOT / "scripts" / "pb_collections.py"), *words]
            command = [*script, "--file", str(schema), "--output", str(output)]
            least = min(seconds(command) for _ in range(ROUNDS))
            print(f"{' '.join(words)}: {least:.2f} s, {output.stat().st_size >> 10} KiB")


if __name__ == "__main__":
    main()
