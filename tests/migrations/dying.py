"""Run a script of the project, and send the process a signal at a line of the code that keeps migrations, say.

python3 dying.py SIGNAL NUMBER PLACE SCRIPT ARGUMENT...

It comes when the NUMBERth line of that code is about to run for the first time; the line is written to the file PLACE
before. Where the script does not come that far, it ends as it would.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
# The files and folders whose lines count, within the scripts.
WATCHED = os.environ.get("PB_TEST_DYING_IN", "_pb/migrations/ _pb/collections/sending.py").split()
FOLDERS = tuple(str(SCRIPTS) + os.sep + place.replace("/", os.sep) for place in WATCHED)


def main() -> None:
    """Set the trap and run the script."""
    name, number, place, script, *arguments = sys.argv[1:]
    seen: set[tuple[str, int]] = set()

    def at_line(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            if len(seen) == int(number):
                file = Path(frame.f_code.co_filename).relative_to(SCRIPTS)
                Path(place).write_text(f"{file}:{frame.f_lineno} in {frame.f_code.co_name}", "utf-8")
                os.kill(os.getpid(), signal.Signals[name])
        return at_line

    def at_call(frame: FrameType, event: str, argument: Any) -> Any:
        is_ours = frame.f_code.co_filename.startswith(FOLDERS) and frame.f_code.co_name != "<module>"
        return at_line if is_ours else None

    sys.argv = [script, *arguments]
    sys.path.insert(0, str(SCRIPTS))
    sys.settrace(at_call)
    runpy.run_path(str(SCRIPTS / script), run_name="__main__")


if __name__ == "__main__":
    main()
