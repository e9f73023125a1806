"""The collections and relations as a drawing."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.names import existing
from pb_common import Client
from pb_common.collections import get_collections
from pb_common.output import write_file


def draw_diagram(client: Client, args: argparse.Namespace) -> Any:
    """Return the collections and relations as a Mermaid erDiagram, or write it, or an HTML page, to a file."""
    from _pb.schema.diagram import diagram

    live = get_collections(client)
    names = existing(args.names, live)
    if args.html is not None:
        from _pb.schema.picture_page import picture_page

        return {"file": write_file(args.html, picture_page(live, names))}
    text = diagram(live, names)
    return {"mermaid": text} if args.file is None else {"file": write_file(args.file, text + "\n")}
