"""Which Python the scripts need. Any Python from 2.7 on can read this file, and a script reads it before any other."""

import os
import sys

OLDEST = (3, 9)


def require_python():  # type: () -> None
    """Raise ImportError for a Python that is too old; a script of this skill prints its document and exits with 2."""
    if sys.version_info >= OLDEST:
        return
    message = "Python " + _dotted(OLDEST) + " or newer is needed, this is " + _dotted(sys.version_info[:3]) + "."
    if not started_script():
        raise ImportError(message)
    hint = "Start it with a newer one: uv run SCRIPT, or python3.12 SCRIPT."
    print('{"success":false,"status":0,"data":{"message":"' + message + '"},"hint":"' + hint + '"}')
    sys.stdout.flush()
    sys.exit(2)


def _dotted(numbers):  # type: (tuple[int, ...]) -> str
    return ".".join(map(str, numbers))


def started_script():  # type: () -> bool
    """Tell whether the process was started as a script of this skill, rather than imports from it."""
    started = getattr(sys.modules["__main__"], "__file__", None) or ""
    # Not pathlib, which old Pythons lack, and until it was read, Ctrl-C would go unanswered.
    return _folder(started) == _folder(_folder(__file__)) if started else False


def _folder(path):  # type: (str) -> str
    return os.path.dirname(os.path.realpath(path))  # noqa: PTH120
