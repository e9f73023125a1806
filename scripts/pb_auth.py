#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Log in, and work on accounts: tokens, codes, mails with links, OAuth2, superusers."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from pb_common import Parser, add_dry_run, add_verb, add_verbs, add_yes, run
from pb_common.parser import add_env_file, add_listing, holds_user_data, never_empty, whole_number

COMMAND = "python3 scripts/pb_auth.py "
# Ten years, in seconds.
LONGEST = 315360000


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(
        prog="pb_auth.py",
        description="Log in with a password and print token and record; without options: the configured superuser."
        " Or, with a verb, work on accounts, tokens and sign-ins.",
        examples=[
            "python3 scripts/pb_auth.py",
            "python3 scripts/pb_auth.py --collection users --identity user@example.com --password secret",
            "python3 scripts/pb_auth.py --collection users --identity user@example.com --password-stdin",
            "python3 scripts/pb_auth.py check -",
        ],
    )
    parser.add_argument("--collection", metavar="NAME", help="the auth collection, for example users")
    parser.add_argument("--identity", metavar="TEXT", help="e-mail address, or another identity field's value")
    parser.add_argument("--password", metavar="TEXT", help="the account's password; - reads a line of stdin")
    parser.add_argument("--password-stdin", action="store_true", help="the same as --password -")
    parser.set_defaults(verb="_pb.auth.log_in:log_in")
    holds_user_data(parser)
    log_in = "--collection users --identity anna@example.com --password SECRET"
    verbs = add_verbs(parser, {"login": log_in, "log-in": log_in, "signin": log_in})
    verbs.required = False
    _add_tokens(verbs)
    _add_codes(verbs)
    _add_links(verbs)
    _add_oauth2(verbs)
    _add_superusers(verbs)
    return parser


def _add_tokens(verbs):  # type: (Any) -> None
    verb = _verb(verbs, "methods", "methods:sign_in_methods", "print which ways to sign in there are", "methods users")
    _add_collection(verb)

    help = "print a new token for one that is still good, and its record"
    verb = _verb(verbs, "refresh", "refresh:refresh", help, "refresh -")
    holds_user_data(verb)
    _add_token(verb, "the token")

    help = "print whose a token is, until when, and whether the server takes it; exit 1 if not"
    verb = _verb(verbs, "check", "check:check_token", help, "check -")
    _add_token(verb, "the token")

    help = "print a token of an account for a time, as for a CI"
    examples = [
        "impersonate users anna@example.com",
        "impersonate _superusers ci@example.com --duration 2592000 --write-env .env.ci",
    ]
    # Its --env takes the file that the token goes to as well.
    verb = _verb(verbs, "impersonate", "impersonate:impersonate", help, *examples, conflict_handler="resolve")
    _add_account(verb)
    help = "how long it lasts (default: as the collection's own tokens)"
    verb.add_argument("--duration", type=whole_number(1, LONGEST), default=0, metavar="SECONDS", help=help)
    help = "write it into this file as PB_SUPERUSER_TOKEN (others: PB_TOKEN), with PB_URL, instead of printing it"
    add_env_file(verb, help)
    add_dry_run(verb)

    help = "end every session of an account"
    verb = _verb(verbs, "logout-everywhere", "logout_everywhere:log_out_everywhere", help, "logout-everywhere users ID")
    _add_account(verb)
    add_dry_run(verb)
    never_empty(verbs, "collection", "identity", "env_file")


def _add_codes(verbs):  # type: (Any) -> None
    help = "log in with a code that comes by mail, also as the second factor"
    otp = _group(verbs, "otp", "otp:request", help, "request users a@example.com")
    verb = _verb(
        otp, "request", "otp:request", "have a code mailed, and print its id", "otp request users a@example.com"
    )
    _add_collection(verb)
    verb.add_argument("email", metavar="EMAIL", help="the account's address")
    add_dry_run(verb)

    examples = [
        "otp login users OTP_ID --code-stdin",
        "otp login users OTP_ID --identity a@example.com --password-stdin --code-stdin",
    ]
    verb = _verb(otp, "login", "otp:login", "log in with a code; with --identity both factors in one call", *examples)
    holds_user_data(verb)
    _add_collection(verb)
    verb.add_argument("otp_id", metavar="OTP_ID", help="the id that was printed with the request")
    _add_code(verb, "the code")
    verb.add_argument("--identity", metavar="TEXT", help="send this account's password first, as the first factor")
    _add_password(verb)
    verb.add_argument("--mfa-id", metavar="ID", help="the first factor was sent before: the id of its answer")
    never_empty(otp, "collection", "email", "otp_id", "identity", "mfa_id")


def _add_links(verbs):  # type: (Any) -> None
    help = "verify an address by a link that comes by mail"
    verify = _group(verbs, "verify", "verify:request_verification", help, "request users a@example.com")
    _add_request(verify, "verify", "verify:request_verification")
    _add_confirm(verify, "verify", "verify:confirm_verification", "")

    help = "set a forgotten password anew by a link that comes by mail"
    reset = _group(verbs, "reset", "reset:request_reset", help, "request users a@example.com")
    _add_request(reset, "reset", "reset:request_reset")
    _add_password(_add_confirm(reset, "reset", "reset:confirm_reset", " --password-stdin"), "the new password")

    help = "change an account's address by a link that comes by mail to the new one"
    example = "request users ID new@example.com"
    change = _group(verbs, "email-change", "email_change:request_email_change", help, example)
    example = "email-change request users ID new@example.com"
    verb = _verb(
        change, "request", "email_change:request_email_change", "have the link mailed, as the account", example
    )
    _add_account(verb)
    verb.add_argument("email", metavar="NEW_EMAIL", help="the new address")
    add_dry_run(verb)
    verb = _add_confirm(change, "email-change", "email_change:confirm_email_change", " --password-stdin")
    _add_password(verb)
    for group in (verify, reset, change):
        never_empty(group, "collection", "identity", "email", "token")


def _add_request(group, name, function):  # type: (Any, str, str) -> None
    verb = _verb(group, "request", function, "have the link mailed", name + " request users a@example.com")
    _add_collection(verb)
    verb.add_argument("email", metavar="EMAIL", help="the account's address")
    add_dry_run(verb)


def _add_confirm(group, name, function, rest):  # type: (Any, str, str, str) -> Any
    verb = _verb(group, "confirm", function, "redeem the link", name + " confirm -" + rest)
    _add_token(verb, "the link, or the token at its end")
    add_dry_run(verb)
    return verb


def _add_oauth2(verbs):  # type: (Any) -> None
    help = "sign in with another provider, and see who is linked with one"
    oauth2 = _group(verbs, "oauth2", "oauth2:sign_in_url", help, "url users github")
    help = "print the address at which a browser signs in"
    verb = _verb(oauth2, "url", "oauth2:sign_in_url", help, "oauth2 url users github")
    _add_collection(verb)
    verb.add_argument("provider", metavar="PROVIDER", help="its name, for example github or oidc")
    help = "where the browser comes back to, as the provider knows it (default: /api/oauth2-redirect of PB_URL)"
    verb.add_argument("--redirect", metavar="URL", help=help)

    help = "log in with the address that the browser came back to"
    verb = _verb(oauth2, "exchange", "oauth2:exchange", help, "oauth2 exchange --code-stdin")
    holds_user_data(verb)
    _add_code(verb, "the whole address")

    verb = _verb(
        oauth2, "list", "oauth2:linked", "list the providers' accounts that one is linked with", "oauth2 list users ID"
    )
    _add_account(verb)
    add_listing(verb)
    verb = _verb(oauth2, "unlink", "oauth2:unlink", "remove the link with a provider", "oauth2 unlink users ID github")
    _add_account(verb)
    verb.add_argument("provider", metavar="PROVIDER", help="its name")
    add_yes(verb)
    add_dry_run(verb)
    never_empty(oauth2, "collection", "identity", "provider", "redirect")


def _add_superusers(verbs):  # type: (Any) -> None
    group = _group(verbs, "superusers", "superusers:list_superusers", "who may do everything, and from where", "list")
    add_listing(_verb(group, "list", "superusers:list_superusers", "list the superusers", "superusers list"))
    example = "superusers create b@example.com --password-stdin"
    verb = _verb(group, "create", "superusers:create_superuser", "create a superuser", example)
    verb.add_argument("email", metavar="EMAIL", help="the address")
    _add_password(verb)
    add_dry_run(verb)

    example = "superusers update b@example.com --password-stdin"
    verb = _verb(group, "update", "superusers:update_superuser", "change address or password", example)
    verb.add_argument("identity", metavar="ID", help="the id or the e-mail address")
    verb.add_argument("--email", dest="new_email", metavar="NEW_EMAIL", help="the new address")
    _add_password(verb, "the new password")
    add_dry_run(verb)

    example = "superusers delete b@example.com"
    verb = _verb(
        group, "delete", "superusers:delete_superuser", "delete a superuser, but never the one in use", example
    )
    verb.add_argument("identity", metavar="ID", help="the id or the e-mail address")
    add_yes(verb)
    add_dry_run(verb)

    help = "print from where superusers may come (0.38 and newer), or set it"
    example = "superusers addresses 203.0.113.7 10.0.0.0/8 --dry-run"
    verb = _verb(group, "addresses", "superusers:allowed_addresses", help, example)
    verb.add_argument("addresses", nargs="*", metavar="ADDRESS", help="the only ones from now on; networks as well")
    verb.add_argument("--clear", action="store_true", help="let them come from anywhere")
    verb.add_argument("--force", action="store_true", help="also without the own address")
    add_dry_run(verb)
    never_empty(group, "email", "identity", "new_email", "addresses")


def _add_collection(verb):  # type: (Any) -> None
    verb.add_argument("collection", metavar="COLLECTION", help="the auth collection, for example users or _superusers")


def _add_account(verb):  # type: (Any) -> None
    _add_collection(verb)
    verb.add_argument("identity", metavar="ID", help="the account's id, e-mail address or other identity")


def _add_token(verb, what):  # type: (Any, str) -> None
    verb.add_argument("token", metavar="TOKEN", help=what + "; - reads it from standard input, which nobody else sees")


def _add_password(verb, what="the password"):  # type: (Any, str) -> None
    help = what + " is a line of standard input (default: PB_PASSWORD of the environment)"
    verb.add_argument("--password-stdin", action="store_true", help=help)


def _add_code(verb, what):  # type: (Any, str) -> None
    help = what + " is a line of standard input, after a password's (default: PB_CODE of the environment)"
    verb.add_argument("--code-stdin", action="store_true", help=help)


def _group(verbs, name, function, help, example):  # type: (Any, str, str, str, str) -> Any
    group = _verb(verbs, name, function, help, name + " " + example)
    below = add_verbs(group)
    below.help = "what to do"
    return below


def _verb(verbs, name, function, help, *examples, **options):  # type: (Any, str, str, str, *str, **str) -> Any
    shown = [COMMAND + example for example in examples]
    return add_verb(verbs, name, "_pb.auth." + function, help, shown, **options)


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
