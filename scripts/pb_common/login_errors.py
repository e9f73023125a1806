"""Why nobody could be logged in, and what to do: no PocketBase, no credentials, or a refusal."""

from __future__ import annotations

from pathlib import Path

from .errors import PBConnectionError, PBRequestError, PBUsageError
from .project import script_command, shown, typed
from .settings import Settings

SUPERUSERS = "_superusers"


def address_hint() -> str:
    """Return the next step where a superuser's address is not let in."""
    return (
        "The server's superuser IP allow-list (settings, superuserIPs) may not include this address, or password login"
        f" is off for superusers. On the server's host: {superuser_command('ips')} (without addresses it clears the"
        " list)."
    )


def superuser_command(rest: str) -> str:
    """Return a `superuser` command of PocketBase for hints, on the data at hand: elsewhere it would make a new one."""
    folder = next((place for place in (Path.cwd(), *Path.cwd().parents) if (place / "pb_data").is_dir()), None)
    data = typed(shown(folder / "pb_data")) if folder else "DIR (its pb_data)"
    from .go_project import program_command

    return program_command(f"superuser {rest} --dir {data}")


def no_pocketbase(url: str, path: str, status: int, data: object = None) -> PBConnectionError:
    """Return the error for an answer to GET `path` that no PocketBase gives, or none that is well."""
    said = data.get("message") if isinstance(data, dict) else None
    hint = f"Check PB_URL, the base URL, or start a server with: {script_command('pb_server.py up')}"
    if status >= 500:
        hint = "Look at the log of the server, and of a proxy before it; check PB_URL."
    return PBConnectionError(
        f"What answers at {url} is not a PocketBase{' or not well' if status >= 500 else ''}:"
        f" HTTP {status}{f' ({str(said)[:80]})' if said else ''} for GET {path}.",
        hint=hint,
        code="not_pocketbase",
    )


def too_old(url: str) -> PBRequestError:
    """Return the error for a PocketBase before v0.23."""
    return PBRequestError(
        404,
        {"message": f"The PocketBase at {url} is older than v0.23, which this skill needs."},
        hint="Upgrade it: v0.23 and newer migrate a copy of the old pb_data when they start on it.",
    )


def no_credentials(settings: Settings) -> PBUsageError:
    """Return the error that names which of the superuser's settings is missing, and where they were looked for."""
    if settings.token:
        problem = "PB_SUPERUSER_TOKEN is not, or no longer, a superuser's token on this server"
    else:
        missing = [name for name, value in (("EMAIL", settings.email), ("PASSWORD", settings.password)) if not value]
        problem = " and ".join(f"PB_SUPERUSER_{name}" for name in missing)
        problem += " are not set" if len(missing) > 1 else " is not set"
    where = f"{settings.env_file} was read" if settings.env_file else "no .env file was found"
    return PBUsageError(
        f"No superuser credentials for {settings.url}: {problem} ({where}).",
        hint="Set PB_SUPERUSER_EMAIL and PB_SUPERUSER_PASSWORD in the environment or in .env; for a new local"
        f" server, {script_command('pb_server.py up')} writes them.",
        code="no_credentials",
    )


def explain_refusal(error: PBRequestError, collection: str, identity: str) -> None:
    """Give the error of a refused login the hint that fits, and a message where the server sent none."""
    if error.status == 401 and error.data.get("mfaId"):
        words = f"{typed(collection)} OTP_ID --identity {typed(identity)} --password-stdin --code-stdin"
        ask = f"pb_auth.py otp request {typed(collection)} {typed(identity)}"
        advice = (
            f"{script_command(ask)} has a code mailed; both at once: {script_command(f'pb_auth.py otp login {words}')}"
        )
        if collection == SUPERUSERS:
            advice += (
                ". For the other scripts set PB_SUPERUSER_TOKEN to a token from the dashboard: Superusers, the account,"
                " Impersonate."
            )
        error.data["message"] = f"{identity} needs a second factor (MFA)."
        error.hint = f"{error.data['message']} {advice}"
    elif error.status == 400 and collection == SUPERUSERS:
        error.hint = (
            f"The server knows no superuser {identity!r} with this password. Correct .env, or on the server's host:"
            f" {superuser_command('upsert EMAIL PASSWORD')}. If that changes nothing, references/auth-api.md"
            " (Superusers) has the other ways in."
        )
    elif error.status == 400:
        error.hint = f"No record of {collection!r} has the identity {identity!r} and this password."
    elif error.status == 403 and collection == SUPERUSERS:
        error.hint = address_hint()
    elif error.status == 403:
        error.hint = f"Password login is off for {collection!r}, or its authRule does not let {identity!r} in."
