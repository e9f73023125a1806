"""The steps of a migration as a Go file of migrations/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from _pb.migrations.literal import literal
from _pb.schema.migration_steps import (
    AddField,
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
package {package}

import (
{imports}	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// {description}
func init() {{
	m.Register(func(app core.App) error {{
{up}

		return nil
	}}, func(app core.App) error {{
{down}

		return nil
	}})
}}
"""


def golang(description: str, up: list[Step], down: list[Step], package: str) -> str:
    """Return the text of the file."""
    bodies = _body(up), _body(down)
    imports = '\t"encoding/json"\n\n' if any("json." in body for body in bodies) else ""
    return _FRAME.format(package=package, description=description, imports=imports, up=bodies[0], down=bodies[1])


def _body(steps: list[Step]) -> str:
    if len(steps) == 1:
        return "\n".join(f"\t\t{line}" for line in _step(steps[0], valid_alone(steps)))
    return "\n\n".join(_block(step) for step in steps)


def _block(step: Step) -> str:
    # A block of its own, so that each step has its own collection.
    lines = (f"\t\t\t{line}" for line in _step(step, strict=False))
    return "\n".join([f"\t\t// {title(step)}", "\t\t{", *lines, "\t\t}"])


def _step(step: Step, strict: bool) -> list[str]:
    save = "Save" if strict else "SaveNoValidate"
    if isinstance(step, Detach):
        return _checked(f"app.DeleteView({_text(step.name)})")
    if isinstance(step, Create):
        made = ["collection := &core.Collection{}", *_unmarshal(step.collection, "collection")]
        return [*made, *_checked(f"app.{save}(collection)")]
    found = [
        f"collection, err := app.FindCollectionByNameOrId({_text(step.id)})",
        "if err != nil {",
        "\treturn err",
        "}",
    ]
    if isinstance(step, Drop):
        loosen = [] if strict else ["collection.IntegrityChecks(false)"]
        return [*found, *loosen, *_checked("app.Delete(collection)")]
    changes = _unmarshal(step.properties, "collection") if step.properties else []
    changes += [line for field in step.fields for line in _field_step(field)]
    return [*found, *changes, *_checked(f"app.{save}(collection)")]


def _field_step(step: FieldStep) -> list[str]:
    if isinstance(step, AddField):
        return _checked(f"collection.Fields.AddMarshaledJSONAt({step.position}, []byte({_json(step.field)}))")
    if isinstance(step, RemoveField):
        return [f"// {step.name}", f"collection.Fields.RemoveById({_text(step.id)})"]
    field = f"collection.Fields.GetById({_text(step.id)})"
    if isinstance(step, ChangeField):
        return [f"// {step.name}", *_unmarshal(step.properties, field)]
    return [f"// {step.name}", f"collection.Fields.AddAt({step.position}, {field})"]


def _unmarshal(value: Mapping[str, Any], target: str) -> list[str]:
    return _checked(f"json.Unmarshal([]byte({_json(value)}), {target})")


def _checked(call: str) -> list[str]:
    return [f"if err := {call}; err != nil {{", "\treturn err", "}"]


def _json(value: Mapping[str, Any]) -> str:
    """Return a value as JSON in a raw string; backticks cannot stand in one."""
    return "`" + literal(value, "\t\t\t", "\t").replace("`", '`+"`"+`') + "`"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
