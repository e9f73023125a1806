"""The superusers: who they are, and from where they may come."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.auth.typed import given_password, password_of
from _pb.settings.guards import is_allowed, own_address
from pb_common import Client, Outcome, PBError, PBRefused, PBUsageError
from pb_common.acting import auth_collection, id_of
from pb_common.destroying import Destruction, permit, way_back
from pb_common.login_errors import SUPERUSERS, superuser_command
from pb_common.output import dry_run
from pb_common.paths import records_path, with_query
from pb_common.tokens import claims

_SETTINGS = "/api/settings"


def list_superusers(client: Client, args: argparse.Namespace) -> Any:
    """Return every superuser, and which one is in use (GET /api/collections/_superusers/records)."""
    path = with_query(records_path(SUPERUSERS), perPage=1000, sort="email", fields="id,email,created,updated")
    own = claims(client.superuser_token()).get("id")
    items = client.call("GET", path)["items"]
    return {"totalItems": len(items), "items": [{**item, "inUse": item["id"] == own} for item in items]}


def create_superuser(client: Client, args: argparse.Namespace) -> Any:
    """Create a superuser with the password of standard input (POST /api/collections/_superusers/records)."""
    password = password_of(args)
    body = {"email": args.email, "password": password, "passwordConfirm": password}
    path = records_path(SUPERUSERS)
    if args.dry_run:
        return dry_run("POST", path, body=body)
    return client.call("POST", path, body)


def update_superuser(client: Client, args: argparse.Namespace) -> Any:
    """Change a superuser's address or password (PATCH /api/collections/_superusers/records/{id})."""
    password = given_password(args)
    if not password and args.new_email is None:
        raise PBUsageError(
            "Nothing is to be changed.",
            hint="--email NEW, or a password by --password-stdin",
            code="wrong_command_line",
        )
    body = {"email": args.new_email} if args.new_email is not None else {}
    if password:
        body.update(password=password, passwordConfirm=password)
    id = id_of(client, auth_collection(client, SUPERUSERS), args.identity)
    path = records_path(SUPERUSERS, id)
    if args.dry_run:
        return dry_run("PATCH", path, body=body)
    if claims(client.superuser_token()).get("id") == id:
        client.warn("That is the account in use: write the change into .env (PB_SUPERUSER_EMAIL, _PASSWORD) as well.")
    return client.call("PATCH", path, body)


def delete_superuser(client: Client, args: argparse.Namespace) -> Any:
    """Delete a superuser (DELETE /api/collections/_superusers/records/{id}); refuse the account in use."""
    id = id_of(client, auth_collection(client, SUPERUSERS), args.identity)
    if claims(client.superuser_token()).get("id") == id:
        raise PBRefused(
            f"{args.identity} is the account in use: afterwards the scripts could not log in.",
            hint="Name another superuser in .env, and delete this one then.",
            code="would_lock_out",
        )
    path = records_path(SUPERUSERS, id)
    if args.dry_run:
        return dry_run("DELETE", path)
    permit(client, Destruction(f"This deletes the superuser {args.identity}.", {}, args.yes), "delete")
    client.call("DELETE", path)
    return Outcome({"deleted": id}, hint=way_back(client))


def allowed_addresses(client: Client, args: argparse.Namespace) -> Any:
    """Return from where superusers may come, or set it; without the own address it is refused (PATCH /api/settings)."""
    before = client.call("GET", _SETTINGS)
    if "superuserIPs" not in before:
        raise PBError(
            "Superusers may come from anywhere here: PocketBase limits their addresses from 0.38 on.",
            hint="A proxy, or a firewall, can.",
            code="unsupported",
        )
    if not args.addresses and not args.clear:
        return {"addresses": before["superuserIPs"], "own": own_address(client)}
    if args.addresses and args.clear:
        raise PBUsageError(
            "Give addresses or --clear.",
            hint="--clear lets superusers come from anywhere.",
            code="wrong_command_line",
        )
    for address in args.addresses:
        _require_address(address)
    own = own_address(client)
    if args.addresses and not args.force and not is_allowed(own, args.addresses):
        raise PBRefused(
            f"Your own address, {own}, is not among them: the server would not let you in again.",
            hint=f"Add {own}, or --force. The way back, on the server's host: {superuser_command('ips')}",
            code="would_lock_out",
        )
    body = {"superuserIPs": args.addresses}
    if args.dry_run:
        return dry_run("PATCH", _SETTINGS, body=body)
    after = client.call("PATCH", _SETTINGS, body)
    hint = f"Locked out all the same: {superuser_command('ips')}, on the server's host." if args.addresses else None
    return Outcome({"addresses": after["superuserIPs"], "before": before["superuserIPs"], "own": own}, hint=hint)


def _require_address(text: str) -> None:
    from ipaddress import ip_network

    try:
        ip_network(text, strict=False)
    except ValueError as error:
        raise PBUsageError(f"{text!r} is no address.", hint="203.0.113.7, or a network: 10.0.0.0/8") from error
