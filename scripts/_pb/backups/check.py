"""Judge a local zip: is it a whole backup, and of what?"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from _pb.backups.archive import NotWhole, look_over
from _pb.backups.content import read_content, totals
from _pb.backups.digest import crc32_of, sha256_of
from pb_common import Client, PBError
from pb_common.multipart import file_part


def check_backup(client: Client, args: argparse.Namespace) -> Any:
    """Read a local backup to its end, its database too, and return what is in it; no server is asked.

    Raises PBUsageError if it cannot be read, PBError if it is no whole backup.
    """
    path = Path(args.path)
    size = file_part("file", args.path).size
    try:
        files = look_over(path)
        with tempfile.TemporaryDirectory(prefix="pb-check-") as folder:
            content = read_content(client, path, args.path, Path(folder))
    except NotWhole as error:
        raise PBError(f"{args.path!r} is no whole backup: {error}.", hint="Download or make it again.") from error
    found = {**totals(content.collections), "migrations": len(content.migrations)} if content else {}
    sums = {"crc32": crc32_of(path), "sha256": sha256_of(path)}
    return {"path": args.path, "bytes": size, **sums, "files": files, **found}
