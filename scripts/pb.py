#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""One name for all scripts: `pb records list posts` is `pb_records.py list posts`."""

import os
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - any Python reads this
if _FOLDER not in sys.path:  # installed as `pb` it is imported from elsewhere
    sys.path.insert(0, _FOLDER)

import pb_common  # noqa: E402, F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import importlib  # noqa: E402

from pb_common import run  # noqa: E402
from pb_common.front import known, use_front  # noqa: E402


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the script that the first word names with the rest of the words, and return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    use_front(sys.argv[0])
    scripts = known()
    if words and words[0] in scripts:
        return int(importlib.import_module(scripts[words[0]]).main(words[1:]))
    from _pb.completion.front_parser import build_parser

    return run(build_parser(scripts, words[0] if words else ""), words)


if __name__ == "__main__":
    sys.exit(main())
