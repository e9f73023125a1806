"""The command for each route of PocketBase, and why some have none."""

from __future__ import annotations

_C = "/api/collections/{collection}"

COMMANDS = {
    "GET /api/health": "pb_health.py",
    "GET /api/settings": "pb_settings.py get",
    "PATCH /api/settings": "pb_settings.py set",
    "POST /api/settings/test/email": "pb_settings.py test-email",
    "POST /api/settings/test/s3": "pb_settings.py test-s3",
    "POST /api/settings/apple/generate-client-secret": "pb_settings.py apple-client-secret",
    "GET /api/logs": "pb_logs.py list",
    "GET /api/logs/{id}": "pb_logs.py get",
    "GET /api/logs/stats": "pb_logs.py stats",
    "DELETE /api/logs": "pb_logs.py delete",
    "GET /api/crons": "pb_crons.py list",
    "POST /api/crons/{id}": "pb_crons.py run",
    "POST /api/sql": "pb_sql.py",
    "POST /api/batch": "pb_records.py batch",
    "GET /api/realtime": "pb_records.py watch",
    "POST /api/realtime": "pb_records.py watch",
    "GET /api/backups": "pb_backups.py list",
    "POST /api/backups": "pb_backups.py create",
    "POST /api/backups/upload": "pb_backups.py upload",
    "GET /api/backups/{key}": "pb_backups.py download",
    "DELETE /api/backups/{key}": "pb_backups.py delete",
    "POST /api/backups/{key}/restore": "pb_backups.py restore",
    "GET /api/collections": "pb_collections.py list",
    "POST /api/collections": "pb_collections.py create",
    f"GET {_C}": "pb_collections.py get",
    f"PATCH {_C}": "pb_collections.py update",
    f"DELETE {_C}": "pb_collections.py delete",
    f"DELETE {_C}/truncate": "pb_collections.py truncate",
    "PUT /api/collections/import": "pb_collections.py import",
    "GET /api/collections/meta/scaffolds": "pb_collections.py scaffolds",
    "GET /api/collections/meta/oauth2-providers": "pb_collections.py oauth2-providers",
    "POST /api/collections/meta/dry-run-view": "pb_collections.py dry-run-view",
    f"GET {_C}/records": "pb_records.py list",
    f"POST {_C}/records": "pb_records.py create",
    f"GET {_C}/records/{{id}}": "pb_records.py get",
    f"PATCH {_C}/records/{{id}}": "pb_records.py update",
    f"DELETE {_C}/records/{{id}}": "pb_records.py delete",
    "GET /api/files/{collection}/{recordId}/{filename}": "pb_records.py download",
    "POST /api/files/token": "pb_records.py download",
    f"POST {_C}/auth-with-password": "pb_auth.py",
    f"GET {_C}/auth-methods": "pb_auth.py methods",
    f"POST {_C}/auth-refresh": "pb_auth.py refresh",
    f"POST {_C}/auth-with-oauth2": "pb_auth.py oauth2 exchange",
    f"POST {_C}/request-otp": "pb_auth.py otp request",
    f"POST {_C}/auth-with-otp": "pb_auth.py otp login",
    f"POST {_C}/request-password-reset": "pb_auth.py reset request",
    f"POST {_C}/confirm-password-reset": "pb_auth.py reset confirm",
    f"POST {_C}/request-verification": "pb_auth.py verify request",
    f"POST {_C}/confirm-verification": "pb_auth.py verify confirm",
    f"POST {_C}/request-email-change": "pb_auth.py email-change request",
    f"POST {_C}/confirm-email-change": "pb_auth.py email-change confirm",
    f"POST {_C}/impersonate/{{id}}": "pb_auth.py impersonate",
}

WITHOUT = {
    "GET /api/oauth2-redirect": "the browser is sent there by the provider, and the server tells the page that waits",
    "POST /api/oauth2-redirect": "the same, of providers that answer with a form",
    "GET /_/{path...}": "the dashboard, for people in a browser",
    "GET /_/extensions.js": "a part of the dashboard",
    "GET /_/extensions/": "a part of the dashboard, where a Go program extends it",
}

# The functions that executables have and the newest source has not, and the routes of those that are handlers.
NEWER_FUNCTIONS = {"logsTruncate": "DELETE /api/logs", "exactWildcardMatch": "", "newMaxBytesReader": "", "init": ""}
