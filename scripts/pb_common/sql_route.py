"""The route that takes SQL of a superuser: since when servers have it, how much it takes, and how it takes texts."""

SQL = "/api/sql"
SINCE = "0.39.0"
LONGEST = 5000
# PocketBase reads these as names and parameters of its own, within texts too, and sends SQLite something else.
ITS_OWN = ("{{", "[[", "{:")


def text_literal(value: str) -> str:
    """Return a text as SQL that the server stores exactly."""
    if "\0" in value or any(mark in value for mark in ITS_OWN):
        return f"CAST(x'{value.encode().hex()}' AS TEXT)"
    return "'" + value.replace("'", "''") + "'"
