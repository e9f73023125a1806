"""One-time passwords: a code asked for by mail, and a login with it, also as the second factor."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.auth.asking import ask, require_known
from _pb.auth.links import warn_of_no_mail
from _pb.auth.typed import code_of, password_of
from pb_common import Client, Outcome, PBRequestError
from pb_common.output import dry_run
from pb_common.paths import collection_path
from pb_common.project import script_command, typed


def request(client: Client, args: argparse.Namespace) -> Any:
    """Have a code mailed and return its id (POST /api/collections/{collection}/request-otp).

    Raises PBUsageError where it can be told that nobody has the address, PBRequestError if the method is off.
    """
    require_known(client, args.collection, args.email)
    if args.dry_run:
        return dry_run("POST", f"{collection_path(args.collection)}/request-otp", body={"email": args.email})
    answer = ask(client, args.collection, "request-otp", {"email": args.email})
    warn_of_no_mail(client)
    words = f"pb_auth.py otp login {typed(args.collection)} {typed(answer['otpId'])} --code-stdin"
    return Outcome(answer, hint=f"With the code of the mail on its standard input: {script_command(words)}")


def login(client: Client, args: argparse.Namespace) -> Any:
    """Log in with a code and return token and record (POST /api/collections/{collection}/auth-with-otp).

    With an identity its password is sent first, and the code as the second factor: MFA in one call. Raises
    PBRequestError for a wrong, used or expired code, or if a second factor is wanted.
    """
    password = password_of(args) if args.identity else ""
    body = {"otpId": args.otp_id, "password": code_of(args)}
    if args.mfa_id:
        body["mfaId"] = args.mfa_id
    if args.identity:
        answer = _first_factor(client, args.collection, args.identity, password)
        if "token" in answer:
            client.warn("No second factor was asked for: the password was enough, and the code is not used.")
            return answer
        body["mfaId"] = answer["mfaId"]
    try:
        return ask(client, args.collection, "auth-with-otp", body)
    except PBRequestError as error:
        _explain(error, args)
        raise


def _first_factor(client: Client, collection: str, identity: str, password: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = client.authenticate(collection, identity, password)
    except PBRequestError as error:
        if error.status != 401 or not isinstance(error.data, dict) or not error.data.get("mfaId"):
            raise
        answer = error.data
    return answer


def _explain(error: PBRequestError, args: argparse.Namespace) -> None:
    if error.status == 400:
        again = script_command(f"pb_auth.py otp request {typed(args.collection)} EMAIL")
        error.hint = (
            f"The code or the id is wrong, was used, or has expired (3 minutes, by default). A new one: {again}"
        )
    elif error.status == 401 and isinstance(error.data, dict) and error.data.get("mfaId"):
        error.data.setdefault("message", "A second factor is wanted (MFA).")
        words = (
            f"pb_auth.py otp login {typed(args.collection)} OTP_ID --identity IDENTITY --password-stdin --code-stdin"
        )
        error.hint = f"Both factors in one call, with a new code: {script_command(words)}"
