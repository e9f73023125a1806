"""The steps of a migration as a JavaScript file of pb_migrations."""

from __future__ import annotations

import json

from _pb.migrations.literal import literal
from _pb.schema.migration_steps import (
    AddField,
    Change,
    ChangeField,
    Create,
    Detach,
    Drop,
    FieldStep,
    RemoveField,
    Step,
    title,
    valid_alone,
)

_FRAME = """\
/// <reference path="../pb_data/types.d.ts" />

// {description}
migrate((app) => {{
{up}
}}, (app) => {{
{down}
}});
"""


def javascript(description: str, up: list[Step], down: list[Step]) -> str:
    """Return the text of the file."""
    return _FRAME.format(description=description, up=_body(up), down=_body(down))


def _body(steps: list[Step]) -> str:
    strict = valid_alone(steps)
    titles = [[f"// {title(step)}"] if len(steps) > 1 else [] for step in steps]
    parts = ("\n".join(f"  {line}" for line in [*head, *_step(step, strict)]) for head, step in zip(titles, steps))
    declaration = "  const collection = " if strict else "  let collection = "
    return "\n\n".join(parts).replace("  collection = ", declaration, 1)


def _step(step: Step, strict: bool) -> list[str]:
    save = "save" if strict else "saveNoValidate"
    if isinstance(step, Detach):
        return [f"app.deleteView({_text(step.name)});"]
    if isinstance(step, Create):
        return [f"app.{save}(new Collection({literal(step.collection, '  ')}));"]
    found = f"collection = app.findCollectionByNameOrId({_text(step.id)});"
    if isinstance(step, Drop):
        loosen = [] if strict else ["collection.integrityChecks(false);"]
        return [found, *loosen, "app.delete(collection);"]
    return [found, *_changes(step), f"app.{save}(collection);"]


def _changes(step: Change) -> list[str]:
    properties = [f"unmarshal({literal(step.properties, '  ')}, collection);"] if step.properties else []
    return properties + [_field_step(field) for field in step.fields]


def _field_step(step: FieldStep) -> str:
    if isinstance(step, AddField):
        return f"collection.fields.addAt({step.position}, new Field({literal(step.field, '  ')}));"
    if isinstance(step, RemoveField):
        return f"collection.fields.removeById({_text(step.id)}); // {step.name}"
    field = f"collection.fields.getById({_text(step.id)})"
    if isinstance(step, ChangeField):
        return f"unmarshal({literal(step.properties, '  ')}, {field}); // {step.name}"
    return f"collection.fields.addAt({step.position}, {field}); // {step.name}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
