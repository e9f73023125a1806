"""The collections as a drawing: a box each, columns by who points at whom, a curve for each relation; as SVG."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from _pb.schema.fields import is_multiple
from pb_common.schema_types import Collection, Field

_LETTER, _ROW, _HEAD = 7.3, 20, 30
_LEAST_WIDTH, _GAP_X, _GAP_Y, _MARGIN = 150, 110, 34, 24
# How far a curve leads around the boxes on the right.
_AROUND = 56
# A column of boxes that is higher goes on in a further one.
_HIGHEST = 1500


class Box(NamedTuple):
    """Where a collection is drawn, and the fields in it."""

    collection: Collection
    fields: list[Field]
    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        """How high it is."""
        return _HEAD + _ROW * len(self.fields) + 8


def drawing(collections: list[Collection], targets: dict[str, str]) -> str:
    """Return an SVG element with a box for each collection, which leads to `#c-NAME`, and their relations."""
    boxes = _placed(collections, targets)
    by_name = {box.collection["name"]: box for box in boxes}
    width = max((box.x + box.width for box in boxes), default=0) + _AROUND
    height = max((box.y + box.height for box in boxes), default=0) + _MARGIN
    curves = [
        _curve(box, by_name[targets[field["collectionId"]]], number, field)
        for box in boxes
        for number, field in enumerate(box.fields)
        if field["type"] == "relation" and targets.get(field["collectionId"]) in by_name
    ]
    inner = "\n".join([*curves, *map(_box, boxes)])
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="The drawing" {size}>\n{inner}\n</svg>'


def _placed(collections: list[Collection], targets: dict[str, str]) -> list[Box]:
    """Return the boxes from left to right: what others point at further left than what points at it."""
    ranks = _ranks(collections, targets)
    boxes: list[Box] = []
    x = float(_MARGIN)
    for rank in sorted(set(ranks.values())):
        y, widest = float(_MARGIN), 0.0
        for collection in sorted((item for item in collections if ranks[item["name"]] == rank), key=_name):
            box = Box(collection, _shown(collection), x, y, _width(collection))
            if y > _MARGIN and y + box.height > _HIGHEST:
                x, y, widest = x + widest + _GAP_X / 2, float(_MARGIN), 0.0
                box = box._replace(x=x, y=y)
            boxes.append(box)
            y += box.height + _GAP_Y
            widest = max(widest, box.width)
        x += widest + _GAP_X
    return boxes


def _name(collection: Collection) -> str:
    return str(collection["name"])


def _ranks(collections: list[Collection], targets: dict[str, str]) -> dict[str, int]:
    """Return how many relations lead on from each collection at most; in circles the first one counts."""
    names = {item["name"] for item in collections}
    leads = {
        item["name"]: {
            targets.get(field["collectionId"], "") for field in item.get("fields") or () if field["type"] == "relation"
        }
        & names - {item["name"]}
        for item in collections
    }
    ranks: dict[str, int] = {}
    # Those that lead nowhere first; where only circles are left, the one to which most others lead.
    while left := [name for name in leads if name not in ranks]:
        free = [name for name in left if leads[name] <= set(ranks)]
        if not free:
            free = [max(left, key=lambda name: (sum(name in leads[other] for other in left), name))]
        found = {
            name: 1 + max((ranks[target] for target in leads[name] if target in ranks), default=-1) for name in free
        }
        ranks.update(found)
    return ranks


def _shown(collection: Collection) -> list[Field]:
    """Return the fields but for those that nobody reads or writes through the API as they stand."""
    return [field for field in collection.get("fields") or () if not (field.get("system") and field.get("hidden"))]


def _width(collection: Collection) -> float:
    texts = [f"{field['name']}  {type_of(field)} " for field in _shown(collection)]
    longest = max(map(len, [*texts, f"{collection['name']}   {collection['type']}"]))
    return max(_LEAST_WIDTH, longest * _LETTER + 28)


def type_of(field: Field) -> str:
    """Return the type of a field, [] behind what holds several."""
    return f"{field['type']}[]" if is_multiple(field) else field["type"]


def _box(box: Box) -> str:
    name = escape(box.collection["name"])
    rows = "\n".join(_row(box, number, field) for number, field in enumerate(box.fields))
    right = box.x + box.width - 10
    return f"""<a href="#c-{name}" class="box {escape(box.collection["type"])}" data-name="{name}">
<rect x="{box.x}" y="{box.y}" width="{box.width:.1f}" height="{box.height}" rx="6"/>
<path class="head" d="M{box.x} {box.y + _HEAD} h{box.width:.1f}"/>
<text class="name" x="{box.x + 10}" y="{box.y + 20}">{name}</text>
<text class="kind" x="{right:.1f}" y="{box.y + 20}">{escape(box.collection["type"])}</text>
{rows}
</a>"""


def _row(box: Box, number: int, field: Field) -> str:
    y = box.y + _HEAD + _ROW * number + 17
    mark = "*" if field.get("required") else ""
    return (
        f'<text x="{box.x + 10}" y="{y}">{escape(field["name"])}{mark}</text>'
        f'<text class="kind" x="{box.x + box.width - 10:.1f}" y="{y}">{escape(type_of(field))}</text>'
    )


def _curve(box: Box, target: Box, number: int, field: Field) -> str:
    """Draw a relation from its field's row to the head of the target."""
    y, end = box.y + _HEAD + _ROW * number + 13, target.y + _HEAD / 2
    title = f"{box.collection['name']}.{field['name']} leads to {target.collection['name']}"
    if target.x >= box.x:  # to itself, to one below, or back in a circle: around on the right
        start, stop = box.x + box.width, target.x + target.width
        far = max(start, stop) + _AROUND
        path = f"M{start:.1f} {y} C{far:.1f} {y} {far:.1f} {end} {stop + 7:.1f} {end}"
        tip = f"M{stop + 8:.1f} {end - 4} l-7 4 l7 4"
    else:
        stop = target.x + target.width
        bend = max(40.0, (box.x - stop) / 2)
        path = f"M{box.x} {y} C{box.x - bend:.1f} {y} {stop + bend:.1f} {end} {stop + 7:.1f} {end}"
        tip = f"M{stop + 8:.1f} {end - 4} l-7 4 l7 4"
    both = f"{escape(box.collection['name'])} {escape(target.collection['name'])}"
    many = " many" if is_multiple(field) else ""
    lines = f'<path d="{path}"/><path d="{tip}"/>'
    return f'<g class="relation{many}" data-names="{both}"><title>{escape(title)}</title>{lines}</g>'
