"""Ctrl-C before a command has begun: while its modules are read, no runner is there yet to answer it."""

from __future__ import annotations

import os
import sys
from types import TracebackType

from .python_version import started_script


def answer_early_interrupts() -> None:
    """Print the document of an interrupted command instead of a traceback, if a script of this folder was started."""
    if started_script():
        sys.excepthook = _answer


def _answer(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        print('{"success":false,"status":0,"data":{"message":"Interrupted."}}', flush=True)
        os._exit(130)  # Python would end with the signal itself
    sys.__excepthook__(kind, error, trace)
