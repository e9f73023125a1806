"""Ctrl-C before a command has begun: while its modules are read, no runner is there yet to answer it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType


def answer_early_interrupts() -> None:
    """Print the document of an interrupted command instead of a traceback, if a script of this folder was started."""
    started = getattr(sys.modules["__main__"], "__file__", None)
    if started and Path(started).resolve().parent == Path(__file__).resolve().parent.parent:
        sys.excepthook = _answer


def _answer(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        print('{"success":false,"status":0,"data":{"message":"Interrupted."}}', flush=True)
    else:
        sys.__excepthook__(kind, error, trace)
