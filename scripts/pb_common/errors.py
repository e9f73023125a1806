"""What can go wrong, as one small tree.

PBError
├── PBUsageError        exit 2: the input or the command line is wrong, nothing was sent
├── PBRequestError      exit 1: the server said no (.status, .data)
├── PBConnectionError   exit 3: no PocketBase answered, or not in time
└── PBRefused           exit 4: refused for safety, nothing was changed

Each has a code for programs, which stays when its sentence is put better: the one that it is raised with, or else that
of its class, or of the server's status. references/command-line.md says what each means.
"""

from __future__ import annotations

from typing import Any, Literal

_OfInput = Literal["wrong_input", "wrong_command_line", "wrong_settings", "no_credentials", "invalid_json"]
_OfSchema = Literal["invalid_schema", "invalid_expression", "invalid_rows", "unsupported"]
_OfNames = Literal["unknown_collection", "unknown_field", "unknown_record", "unknown_name", "exists_already"]
_OfFiles = Literal["unreadable_file", "unwritable_file", "missing_program"]
_OfStatus = Literal["validation_failed", "bad_request", "unauthorized", "forbidden", "not_found", "too_large"]
_OfServer = Literal["rate_limited", "server_error", "request_failed"]
_OfConnection = Literal["no_answer", "unreachable", "timed_out", "answer_cut", "not_pocketbase", "not_started"]
_OfRefusal = Literal["refused", "would_destroy", "would_overwrite", "would_lock_out"]
_OfOthers = Literal["changed_meanwhile", "unverified", "read_only"]
_OfRuns = Literal["failed", "partly_done", "interrupted", "findings", "differs", "fault"]
Code = Literal[
    _OfInput, _OfSchema, _OfNames, _OfFiles, _OfStatus, _OfServer, _OfConnection, _OfRefusal, _OfOthers, _OfRuns
]

_BY_STATUS: dict[int, Code] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
}
# Of more characters a message tells the beginning.
_LONGEST_FAULT = 500


class PBError(Exception):
    """Base of every error that the scripts report.

    `message` names the value and what was expected; `hint` is the next step; `details` are further keys of `data`.
    `code` is for programs; a class has one for what is raised without.
    """

    exit_code = 1
    code: Code = "failed"

    def __init__(self, message: str, *, hint: str | None = None, code: Code | None = None, **details: Any) -> None:
        super().__init__(message)
        if code:
            self.code = code
        self.status = 0
        self.data: Any = {"message": message, **details}
        self.hint = hint


class PBUsageError(PBError):
    """The input or the command line is wrong; nothing was sent."""

    exit_code = 2
    code: Code = "wrong_input"


class PBConnectionError(PBError):
    """No PocketBase could be reached at the URL, or it did not answer in time or in full."""

    exit_code = 3
    code: Code = "no_answer"


class PBRefused(PBError):
    """A change that would destroy data unseen was refused; nothing was changed."""

    exit_code = 4
    code: Code = "refused"


class PBRequestError(PBError):
    """The server answered with an error.

    `status` is the HTTP status, `data` the body as it came, with a message if it had none; `method` and `path` are the
    request. The code is that of the status; each field's own is in `data.data`, as the server sent it.
    """

    def __init__(
        self,
        status: int,
        data: Any,
        *,
        method: str = "",
        path: str = "",
        hint: str | None = None,
        code: Code | None = None,
    ) -> None:
        message = data.get("message") if isinstance(data, dict) else None
        super().__init__(str(message or f"HTTP {status}"), hint=hint, code=code or _code_of(status, data))
        self.status = status
        if isinstance(data, dict):
            self.data = data if message else {**data, **self.data}
        elif data:
            self.data["answer"] = data
        self.method = method
        self.path = path


def _code_of(status: int, data: Any) -> Code:
    if status == 400 and isinstance(data, dict) and data.get("data"):
        return "validation_failed"
    return _BY_STATUS.get(status, "server_error" if status >= 500 else "request_failed")


def fault(error: BaseException) -> tuple[str, str]:
    """Return the message and the hint for an error that no code of ours has foreseen."""
    message = f"A fault of this script, not of its input: {type(error).__name__}: {str(error)[:_LONGEST_FAULT]}"
    return message, "Run it again with --debug, and report what that prints together with the command line."
