#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Read, change, test and carry over the settings of the server; each verb is a file of _pb/settings."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from pb_common import Parser, add_dry_run, add_verb, add_verbs, run
from pb_common.parser import never_empty, whole_number

TEMPLATES = ("verification", "password-reset", "email-change", "otp", "login-alert")


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(prog="pb_settings.py", description="Work on the settings of the server, as the superuser.")
    verbs = add_verbs(parser, {"list": "get", "show": "get", "update": "set", "import": "apply"})

    verb = _verb(verbs, "get", "get:get_settings", "show what differs from a new server", "get", "get --all")
    verb.add_argument("--all", action="store_true", help="show every setting")

    help = "change settings; what is not named stays, and the way back is printed"
    examples = ["set meta.appName=Acme batch.enabled=true", "set 'superuserIPs:=[\"10.0.0.0/8\"]' --dry-run"]
    examples.append("set 'smtp.password=${PB_SMTP_PASSWORD}'")
    verb = _verb(verbs, "set", "set:set_settings", help, *examples)
    help = "NAME=VALUE, NAME:=JSON (lists of texts also as a,b), or the whole as one JSON; - reads standard input"
    verb.add_argument("words", nargs="*", metavar="NAME=VALUE", help=help)
    verb.add_argument("--file", metavar="PATH", help="read the JSON from this file (- is standard input)")
    _add_force(verb)

    help = "all settings as a file to review; secrets stand there as ${NAME} of a variable"
    verb = _verb(verbs, "export", "export:export_settings", help, "export --file settings.json")
    verb.add_argument("--file", metavar="PATH", help="write it to this file (default: print it)")

    help = "bring a file of settings to the server, secrets from the environment or .env"
    verb = _verb(verbs, "apply", "apply:apply_settings", help, "apply --file settings.json --dry-run")
    verb.add_argument("--file", metavar="PATH", help="the file that export wrote (- is standard input)")
    _add_force(verb)

    verb = _verb(verbs, "test-email", "test_email:test_email", "send a mail to try SMTP", "test-email me@example.com")
    verb.add_argument("email", metavar="ADDRESS", help="who gets it")
    help = "which mail: " + ", ".join(TEMPLATES) + " (default: verification)"
    verb.add_argument("--template", choices=TEMPLATES, default="verification", metavar="NAME", help=help)
    verb.add_argument("--collection", metavar="NAME", help="whose templates (default: those of _superusers)")
    add_dry_run(verb)

    verb = _verb(verbs, "test-s3", "test_s3:test_s3", "store a file in the bucket to try it", "test-s3 backups")
    help = "storage (records' files) or backups (default: storage)"
    verb.add_argument("filesystem", nargs="?", choices=("storage", "backups"), default="storage", help=help)

    help = "make the client secret for Sign in with Apple, and print it"
    example = "apple-client-secret --client-id com.example.web --team-id ABCDE12345 --key-id FGHIJ67890 --key-file k.p8"
    verb = _verb(verbs, "apple-client-secret", "apple_client_secret:apple_client_secret", help, example)
    verb.add_argument("--client-id", required=True, metavar="ID", help="the Services ID")
    verb.add_argument("--team-id", required=True, metavar="ID", help="the 10 characters of the team")
    verb.add_argument("--key-id", required=True, metavar="ID", help="the 10 characters of the key")
    verb.add_argument("--key-file", required=True, metavar="PATH", help="the .p8 file (- is standard input)")
    help = "how long it is good (default and most: 15777000, half a year)"
    verb.add_argument("--duration", type=whole_number(1, 15777000), default=15777000, metavar="SECONDS", help=help)
    never_empty(verbs, "file", "email", "collection", "key_file")
    return parser


def _add_force(verb):  # type: (Any) -> None
    verb.add_argument("--force", action="store_true", help="also what would lock you out or lose something")
    add_dry_run(verb)


def _verb(verbs, name, function, help, *examples):  # type: (Any, str, str, str, *str) -> Any
    shown = ["python3 scripts/pb_settings.py " + example for example in examples]
    return add_verb(verbs, name, "_pb.settings." + function, help, shown)


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
