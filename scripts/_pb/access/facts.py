"""What a schema decides besides its rules, observed: files by their address, hidden fields, what views leave out."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.rows import Unbuildable
from _pb.access.scene import Scene
from _pb.access.stage import Stage
from _pb.access.store import Unplayable
from _pb.languages.indexes import read_indexes
from _pb.languages.view_conditions import constants, where_parts
from pb_common.paths import collection_path, records_path
from pb_common.schema_types import Collection


def facts(stage: Stage, collection: Collection) -> dict[str, str]:
    """Return sentences about a collection and what is true of each, as the server has it at this moment."""
    name = collection["name"]
    now: Collection = stage.client.call("GET", collection_path(name))
    found = {}
    for field in now["fields"]:
        place = f"{name}.{field['name']}"
        found[f"{place} is hidden"] = _yes(field.get("hidden"))
        if field["type"] == "relation":
            found[f"{place} deletes the record together with its target"] = _yes(field.get("cascadeDelete"))
    for index in read_indexes(now.get("indexes")):
        if index.unique:
            found[f"{name}: {', '.join(index.key_columns)} is unique"] = "yes"
    query = str(now.get("viewQuery") or "")
    for part in where_parts(query):
        found[f"{name} is made of rows where {' '.join(query[part.start : part.end].split())}"] = "yes"
    found.update(_files(stage, collection))
    found.update(_left_out(stage, now))
    return found


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _files(stage: Stage, collection: Collection) -> Iterator[tuple[str, str]]:
    """Yield whether a guest gets the files of a record by their address."""
    for field in collection["fields"]:
        if field["type"] != "file" or collection["type"] == "view":
            continue
        try:
            scene = Scene(stage.schema, collection, "view", None)
            scene.record.values[field["name"]] = stage.sample_file(collection, field["name"])
            stage.store(scene)
            said = "may" if stage.open_file(scene, field["name"]).allowed else "may not"
        except (Unbuildable, Unplayable) as problem:
            said = f"not shown: {problem}"
        finally:
            stage.sweep()
        yield f"{collection['name']}.{field['name']}: a guest opens the file by its address", said


def _left_out(stage: Stage, collection: Collection) -> Iterator[tuple[str, str]]:
    """Yield, for each constant that a view's query asks for in a column, whether it shows rows with another value."""
    for column, sign, value in constants(str(collection.get("viewQuery") or "")):
        is_kept_out = sign in ("!=", "<>")
        sentence = f"{collection['name']} shows rows whose {column} is{'' if is_kept_out else ' not'} {value!r}"
        try:
            scene = Scene(stage.schema, collection, "view", None)
            if not scene.set_otherwise(column, value, is_kept_out):
                continue
            stage.store(scene)
            path = records_path(collection["name"], scene.record.find().id)
            answer = stage.client.exchange("GET", path, token=stage.token)
            yield sentence, _yes(answer.status == 200)
        except (Unbuildable, Unplayable) as problem:
            yield sentence, f"not shown: {problem}"
        finally:
            stage.sweep()
