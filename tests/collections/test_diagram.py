"""What the real Mermaid, in a real browser, sees in what `diagram` writes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from _pb.schema.diagram import MAX_TEXT, diagram
from _pb.schema.names import names_by_id
from servers import Server
from tools import node_modules, tool

pytestmark = pytest.mark.both_ends

Json = Any  # a document as a test writes it, right or wrong

HERE = Path(__file__).parents[1]
CORPUS = sorted((HERE / "data" / "schemas" / "v023").glob("*.json"))

# Names that mean something to Mermaid, to its Markdown or to JavaScript, and names that start with a digit.
COLLECTION_NAMES = [
    *["erDiagram", "end", "class", "classDef", "style", "subgraph", "direction", "title", "accTitle", "accDescr"],
    *["one", "only", "many", "zero", "to", "optionally", "o", "u", "PK", "_x_", "__proto__", "constructor", "toString"],
    *["1", "9lives", "0_1", "_", "__", "CamelCase", "a" * 60],
]
FIELD_NAMES = [
    *["PK", "fk", "Uk", "pk_x", "erDiagram", "direction", "title", "accTitle", "class", "style", "end", "TB", "one"],
    *["_a_", "__b__", "_", "1", "9lives", "a__b", "constructor", "__proto__", "text", "o"],
]


def collection(name: str, fields: list[Json] | None = None, **more: Any) -> Json:
    all_fields = [{"name": "id", "type": "text"}, *(fields or [])]
    return {"id": f"id_of_{name}", "name": name, "type": "base", "fields": all_fields, "indexes": [], **more}


def relation(name: str, target: str, **more: Any) -> Json:
    return {"name": name, "type": "relation", "collectionId": f"id_of_{target}", **more}


def relations(collections: list[Json]) -> int:
    return sum(field["type"] == "relation" for collection in collections for field in collection.get("fields", ()))


def outside(collections: list[Json]) -> set[str]:
    """Return the ids of relation targets that are not among the collections."""
    fields = [field for item in collections for field in item.get("fields", ()) if field["type"] == "relation"]
    return {field["collectionId"] for field in fields} - set(names_by_id(collections))


def shown(collections: list[Json]) -> set[str]:
    """Return what stands over the boxes."""
    return {item["name"] if item["type"] != "view" else f"{item['name']} (view)" for item in collections}


def own(collections: list[Json]) -> list[Json]:
    return [item for item in collections if not item.get("system")]


def oddly_named() -> list[Json]:
    """Return the collections of a server that took all the names above, with relations and views."""
    fields = [{"name": name, "type": "text"} for name in FIELD_NAMES]
    with Server() as server:
        for name in COLLECTION_NAMES:
            # One box with all of them is enough, and soon drawn.
            fields = fields if name == COLLECTION_NAMES[0] else []
            status, made = server.request("POST", "/api/collections", {"name": name, "type": "base", "fields": fields})
            assert status == 200, made
            link = {"name": f"__{name}__", "type": "relation", "collectionId": made["id"]}
            status, answer = server.request("PATCH", f"/api/collections/{name}", {"fields": [*made["fields"], link]})
            assert status == 200, answer
            view = {"name": f"_{name}_", "type": "view", "viewQuery": f"SELECT id, `__{name}__` FROM `{name}`"}
            status, answer = server.request("POST", "/api/collections", view)
            assert status == 200, answer
        return server.collections()


def with_every_cardinality() -> list[Json]:
    fields = [
        relation("one", "b", maxSelect=1),
        relation("must", "b", maxSelect=1, required=True),
        relation("many", "b", maxSelect=9),
        relation("some", "b", maxSelect=9, required=True, minSelect=1),
        relation("alone", "b", maxSelect=1, required=True),
        relation("self", "a", maxSelect=0),
    ]
    unique = ["CREATE UNIQUE INDEX x ON a (`alone`)", "CREATE UNIQUE INDEX y ON a (one, must)"]
    view = collection("v", [relation("seen", "b", maxSelect=1)], type="view")
    return [collection("a", fields, indexes=unique), collection("b"), view]


def large() -> list[Json]:
    fields = [{"name": f"a_field_with_a_long_name_{number}", "type": "text"} for number in range(40)]
    tables = [collection(f"large_{number}", [*fields, relation("next", f"large_{number + 1}")]) for number in range(39)]
    return [*tables, collection("large_39", type="view")]


def run_check(diagrams: dict[str, Json], folder: Path) -> dict[str, Json]:
    node = tool("node")
    browser = tool("chromium", "chromium-browser", "google-chrome")
    file = folder / "diagrams.json"
    file.write_text(json.dumps(diagrams), "utf-8")
    modules = node_modules(HERE / "mermaid" / "package.json")
    command = [node, str(HERE / "mermaid" / "check.mjs"), str(modules), browser, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.stdout, done.stderr
    seen: dict[str, Json] = json.loads(done.stdout)
    assert done.returncode == (1 if any("error" in item for item in seen.values()) else 0)
    return seen


@pytest.fixture(scope="module")
def schemas() -> dict[str, list[Json]]:
    """Return the schemas to draw; those of the corpus are called by their file."""
    corpus = {path.stem: own(json.loads(path.read_text("utf-8"))) for path in CORPUS}
    return {**corpus, "odd": oddly_named(), "cardinalities": with_every_cardinality(), "large": large(), "empty": []}


@pytest.fixture(scope="module")
def seen(schemas: dict[str, list[Json]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """Return what Mermaid sees in the diagrams of the schemas; one browser reads them all."""
    # Parsing is the test; drawing takes a second each and is done for some.
    drawn = {"odd", "cardinalities", "001"}
    diagrams = {name: {"text": diagram(schema), "draw": name in drawn} for name, schema in schemas.items()}
    defaults = own(schemas["odd"])[:1] + [item for item in schemas["odd"] if item.get("system")]
    diagrams["system"] = {"text": diagram(defaults, [item["name"] for item in defaults]), "draw": True}
    diagrams["broken"] = {"text": "erDiagram\n  a {\n    text 9lives\n  }\n", "draw": False}
    return run_check(diagrams, tmp_path_factory.mktemp("mermaid"))


@pytest.mark.parametrize("name", [*(path.stem for path in CORPUS), "odd", "cardinalities", "large", "empty"])
def test_every_collection_and_relation_is_drawn(
    name: str, schemas: dict[str, list[Json]], seen: dict[str, Json]
) -> None:
    schema, read = own(schemas[name]), seen[name]
    assert "error" not in read
    assert len(read["entities"]) == len({item["name"] for item in schema} | outside(schema))
    assert len(read["relations"]) == relations(schema)
    if read["texts"]:
        assert shown(schema) <= set(read["texts"])


def test_any_name_that_pocketbase_takes_is_shown_as_it_is(seen: dict[str, Json]) -> None:
    labels = {f"__{name}__" for name in COLLECTION_NAMES}
    assert set(FIELD_NAMES) | labels <= set(seen["odd"]["texts"])


def test_field_types_and_keys_of_the_default_collections(seen: dict[str, Json]) -> None:
    superusers = next(entity for entity in seen["system"]["entities"] if entity["name"] == "_superusers")
    drawn = {attribute["name"]: (attribute["type"], attribute["keys"]) for attribute in superusers["attributes"]}
    assert drawn == {
        "id": ("text", ["PK"]),
        "email": ("email", ["UK"]),
        "emailVisibility": ("bool", []),
        "verified": ("bool", []),
        "created": ("autodate", []),
        "updated": ("autodate", []),
    }


def test_cardinalities(seen: dict[str, Json]) -> None:
    lines = seen["cardinalities"]["relations"]
    # Mermaid calls the right end of a line A and the left end B.
    assert {line["label"]: (line["from"], line["cardB"], line["cardA"], line["to"]) for line in lines} == {
        "one": ("a", "ZERO_OR_MORE", "ZERO_OR_ONE", "b"),
        "must": ("a", "ZERO_OR_MORE", "ONLY_ONE", "b"),
        "many": ("a", "ZERO_OR_MORE", "ZERO_OR_MORE", "b"),
        "some": ("a", "ZERO_OR_MORE", "ONE_OR_MORE", "b"),
        "alone": ("a", "ZERO_OR_ONE", "ONLY_ONE", "b"),
        "self": ("a", "ZERO_OR_MORE", "ZERO_OR_ONE", "a"),
        "seen": ("v", "ZERO_OR_MORE", "ZERO_OR_ONE", "b"),
    }
    assert {line["label"] for line in lines if line["relType"] == "NON_IDENTIFYING"} == {"seen"}


def test_a_large_schema_is_short_enough_without_fields(schemas: dict[str, list[Json]], seen: dict[str, Json]) -> None:
    assert len(diagram(schemas["large"])) < MAX_TEXT
    assert not any(entity["attributes"] for entity in seen["large"]["entities"])
    assert next(entity["alias"] for entity in seen["large"]["entities"] if entity["name"] == "large_39")


def test_the_check_sees_a_mistake(seen: dict[str, Json]) -> None:
    assert "Parse error" in seen["broken"]["error"]


def test_diagram_reads_like_this() -> None:
    posts = collection("posts", [relation("tags", "tags", maxSelect=3), relation("9", "gone")])
    stats = collection("stats", [{"name": "kind", "type": "new-type"}], type="view")
    hidden = collection("_system", system=True)
    assert diagram([stats, posts, collection("tags"), hidden]) == (
        "erDiagram\n"
        '  "posts" {\n'
        "    text id PK\n"
        "    relation[] tags FK\n"
        '    relation _9 FK "9"\n'
        "  }\n"
        '  "stats"["stats (view)"] {\n'
        "    text id PK\n"
        "    new_type kind\n"
        "  }\n"
        '  "tags" {\n'
        "    text id PK\n"
        "  }\n"
        '  "posts" }o--o{ "tags" : "tags"\n'
        '  "posts" }o--o| "id_of_gone" : "9"\n'
    )
    assert diagram([stats, posts], ["STATS"]).count("{") == 1
    with pytest.raises(KeyError, match="nobody"):
        diagram([posts], ["nobody"])
