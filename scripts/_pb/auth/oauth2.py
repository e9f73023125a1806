"""Sign in with OAuth2: the provider's address, the code exchanged for a token, and the accounts that are linked."""

from __future__ import annotations

import argparse
import json
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from _pb.auth import pending
from _pb.auth.asking import ask
from _pb.auth.typed import code_of
from pb_common import Client, Outcome, PBError, PBRequestError, PBUsageError, with_query
from pb_common.acting import auth_collection, id_of
from pb_common.destroying import Destruction, permit
from pb_common.output import dry_run
from pb_common.paths import collection_path, records_path
from pb_common.project import script_command, typed
from pb_common.suggest import suggest

LINKS = "_externalAuths"


def sign_in_url(client: Client, args: argparse.Namespace) -> Any:
    """Return the address at a provider where a browser signs in (GET /api/collections/{collection}/auth-methods).

    What the exchange needs is kept in the user's cache. Raises PBUsageError for a provider that the collection has not.
    """
    client.require_pocketbase()
    provider = _provider(client, args.collection, args.provider)
    redirect = args.redirect or f"{client.settings.url}/api/oauth2-redirect"
    begun = pending.Begun(
        client.settings.url, args.collection, provider["name"], redirect, str(provider["codeVerifier"])
    )
    pending.keep(provider["state"], begun)
    address = provider.get("authURL") or provider["authUrl"]
    hint = (
        "Open the url, sign in, and give the whole address to which the browser is sent back (also if it shows an error"
        f" page) to the standard input of: {script_command('pb_auth.py oauth2 exchange --code-stdin')}"
    )
    return Outcome(
        {"url": address + quote(redirect, safe=""), "state": provider["state"], "redirect": redirect}, hint=hint
    )


def _provider(client: Client, collection: str, name: str) -> dict[str, Any]:
    try:
        found = client.request("GET", f"{collection_path(collection)}/auth-methods")["oauth2"]
    except PBRequestError as error:
        error.hint = f"There is no auth collection {collection!r}." if error.status == 404 else error.hint
        raise
    providers = {provider["name"]: provider for provider in found["providers"]}
    if name not in providers:
        problem = f"{collection} has no provider {name!r}" if found["enabled"] else f"OAuth2 is off for {collection}"
        how = suggest(name, providers) if providers else "references/auth-api.md (OAuth2) shows how to configure one."
        raise PBUsageError(f"{problem}.", hint=how, code="unknown_name")
    return dict(providers[name])


def exchange(client: Client, args: argparse.Namespace) -> Any:
    """Exchange the code of the address a browser was sent back to, and return token, record and meta.

    Follows POST /api/collections/{collection}/auth-with-oauth2. Raises PBUsageError for an address that answers no
    sign-in that was begun here, PBRequestError if provider or server refuse the code.
    """
    address = code_of(args, "address with the code")
    query = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    if "error" in query:
        said = query.get("error_description") or query["error"]
        raise PBError(f"The provider refused the sign-in: {said}.", hint="Begin again: pb_auth.py oauth2 url ...")
    if "code" not in query or "state" not in query:
        raise PBUsageError("The address holds no code and state.", hint="Give it whole, with what follows the ?.")
    begun = pending.find(query["state"])
    if begun is None or begun.url != client.settings.url:
        where = f"on {client.settings.url}" if begun is None else f"but for {begun.url}"
        raise PBUsageError(
            f"No sign-in with this state was begun here {where}, or it was used or is an hour old.",
            hint=f"Begin anew: {script_command('pb_auth.py oauth2 url COLLECTION PROVIDER')}",
        )
    try:
        answer = _exchanged(client, begun, query["code"])
    except PBRequestError:
        pending.forget(query["state"])
        raise
    pending.forget(query["state"])
    return answer


def _exchanged(client: Client, begun: pending.Begun, code: str) -> Any:
    body = {"provider": begun.provider, "code": code, "codeVerifier": begun.verifier, "redirectURL": begun.redirect}
    try:
        return ask(client, begun.collection, "auth-with-oauth2", body)
    except PBRequestError as error:
        if error.status == 400 and not error.hint:
            error.hint = "The code was used or has expired, or this account may not sign up: references/auth-api.md."
        raise


def linked(client: Client, args: argparse.Namespace) -> Any:
    """Return the accounts of providers that a record is linked with (GET /api/collections/_externalAuths/records)."""
    return {"items": _links(client, args.collection, args.identity)}


def unlink(client: Client, args: argparse.Namespace) -> Any:
    """Remove a link with a provider (DELETE /api/collections/_externalAuths/records/{id})."""
    links = _links(client, args.collection, args.identity)
    found = next((link for link in links if link["provider"] == args.provider), None)
    if found is None:
        names = [link["provider"] for link in links]
        raise PBUsageError(
            f"{args.identity} is not linked with {args.provider!r}.",
            hint=suggest(args.provider, names) if names else "It is linked with none: there is nothing to unlink.",
            code="unknown_name",
        )
    path = records_path(LINKS, found["id"])
    if args.dry_run:
        return dry_run("DELETE", path, link=found)
    permit(client, Destruction(f"This removes the link with {args.provider}.", {"link": found}, args.yes), "unlink")
    client.call("DELETE", path)
    words = f"pb_auth.py oauth2 url {typed(args.collection)} {typed(args.provider)}"
    return Outcome({"unlinked": found}, hint=f"To link it again, sign in with it: {script_command(words)}")


def _links(client: Client, name: str, identity: str) -> list[dict[str, Any]]:
    collection = auth_collection(client, name)
    id = id_of(client, collection, identity)
    filter = f"collectionRef = {json.dumps(collection['id'])} && recordRef = {json.dumps(id)}"
    fields = "id,provider,providerId,created"
    path = with_query(records_path(LINKS), filter=filter, fields=fields, perPage=1000, sort="provider")
    found: list[dict[str, Any]] = client.call("GET", path)["items"]
    return found
