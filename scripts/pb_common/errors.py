"""What can go wrong, as one small tree.

PBError
├── PBUsageError        exit 2: the input or the command line is wrong, nothing was sent
├── PBRequestError      exit 1: the server said no (.status, .data)
├── PBConnectionError   exit 3: no PocketBase answered, or not in time
└── PBRefused           exit 4: refused for safety, nothing was changed
"""

from __future__ import annotations

from typing import Any

# Of more characters a message tells the beginning.
_LONGEST_FAULT = 500


class PBError(Exception):
    """Base of every error that the scripts report.

    `message` names the value and what was expected; `hint` is the next step; `details` are further keys of `data`.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.status = 0
        self.data: Any = {"message": message, **details}
        self.hint = hint


class PBUsageError(PBError):
    """The input or the command line is wrong; nothing was sent."""

    exit_code = 2


class PBConnectionError(PBError):
    """No PocketBase could be reached at the URL, or it did not answer in time or in full."""

    exit_code = 3


class PBRefused(PBError):
    """A change that would destroy data unseen was refused; nothing was changed."""

    exit_code = 4


class PBRequestError(PBError):
    """The server answered with an error.

    `status` is the HTTP status, `data` the body as it came, with a message if it had none; `method` and `path` are the
    request.
    """

    def __init__(self, status: int, data: Any, *, method: str = "", path: str = "", hint: str | None = None) -> None:
        message = data.get("message") if isinstance(data, dict) else None
        super().__init__(str(message or f"HTTP {status}"), hint=hint)
        self.status = status
        if isinstance(data, dict):
            self.data = data if message else {**data, **self.data}
        elif data:
            self.data["answer"] = data
        self.method = method
        self.path = path


def fault(error: BaseException) -> tuple[str, str]:
    """Return the message and the hint for an error that no code of ours has foreseen."""
    message = f"A fault of this script, not of its input: {type(error).__name__}: {str(error)[:_LONGEST_FAULT]}"
    return message, "Run it again with --debug, and report what that prints together with the command line."
