"""What all scripts share: settings, client, token, errors, output and the command runner.

    PB_URL, PB_SUPERUSER_EMAIL, PB_SUPERUSER_PASSWORD   resolved when first read
    pb_request, pb_authed_request, get_superuser_token  one-line access to the API
    print_result, PBRequestError                        output and the server's errors

Importing has no effect: no file is read and nothing is sent.

This file and `python_version.py` are read by any Python from 2.7 on, so that an old one can be told that it is.
"""

from .python_version import require_python

require_python()

from .interrupt import answer_early_interrupts  # noqa: E402

answer_early_interrupts()

from typing import TYPE_CHECKING  # noqa: E402

from .answers import Answer  # noqa: E402
from .cli import run  # noqa: E402
from .client import Client  # noqa: E402
from .errors import PBConnectionError, PBError, PBRefused, PBRequestError, PBUsageError  # noqa: E402
from .output import Outcome, print_result  # noqa: E402
from .parser import Parser, add_dry_run, add_json_input, add_verb, add_verbs, add_yes  # noqa: E402
from .paths import segment, with_query  # noqa: E402
from .project import script_command  # noqa: E402
from .reading import json_object, read_json  # noqa: E402
from .settings import Settings, load_settings  # noqa: E402
from .shared import SETTINGS, get_superuser_token, pb_authed_request, pb_request, shared_setting  # noqa: E402

__all__ = [
    "PB_SUPERUSER_EMAIL",
    "PB_SUPERUSER_PASSWORD",
    "PB_URL",
    "Answer",
    "Client",
    "Outcome",
    "PBConnectionError",
    "PBError",
    "PBRefused",
    "PBRequestError",
    "PBUsageError",
    "Parser",
    "Settings",
    "add_dry_run",
    "add_json_input",
    "add_verb",
    "add_verbs",
    "add_yes",
    "get_superuser_token",
    "json_object",
    "load_settings",
    "pb_authed_request",
    "pb_request",
    "print_result",
    "read_json",
    "run",
    "script_command",
    "segment",
    "with_query",
]

if TYPE_CHECKING:
    PB_URL = PB_SUPERUSER_EMAIL = PB_SUPERUSER_PASSWORD = ""


def __getattr__(name):  # type: (str) -> str
    if name in SETTINGS:
        return shared_setting(name)
    raise AttributeError("module " + repr(__name__) + " has no attribute " + repr(name))
