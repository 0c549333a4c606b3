"""The parts of docs/data-model.md that are made from the models, and put between its marks."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pynamodb.attributes import Attribute

from bench.capacity.sizes import item_bytes, write_units
from bench.data_model.examples import LARGEST, USUAL, largest_stored, serialised
from bench.data_model.measuring import Measured
from bench.data_model.requests import REQUESTS
from tweeter.dynamodb import Table
from tweeter.tables import TableSpec, all_tables

PATH = Path(__file__).parents[2] / "docs" / "data-model.md"
_SECTION = re.compile(r"<!-- made: (.+?) -->\n.*?<!-- end -->", re.DOTALL)
_KINDS = {
    "S": "text",
    "N": "number",
    "BOOL": "boolean",
    "L": "list",
    "NS": "set of numbers",
}


class UnknownSection(Exception):
    """The document and what is made for it are not about the same tables."""


def renewed(text: str, measured: Sequence[Measured]) -> str:
    """Return the document with all that is between its marks made anew; UnknownSection when a
    table has no section, or a section is of no table."""
    specs = {spec.short_name: spec for spec in all_tables()}
    marked, due = sorted(_SECTION.findall(text)), sorted([*specs, "requests"])
    if marked != due:
        message = f"docs/data-model.md has marks for {marked}; there must be some for {due}"
        raise UnknownSection(message)
    sections = {name: _table(spec, measured) for name, spec in specs.items()}
    sections["requests"] = _requests(measured)

    def fill(match: re.Match[str]) -> str:
        return f"<!-- made: {match[1]} -->\n{sections[match[1]]}\n<!-- end -->"

    return _SECTION.sub(fill, text)


def meanings_of(model: type[Table]) -> Mapping[str, str]:
    """Return the sentence below each attribute of a model, by the attribute's name in Python."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for node, below in zip(definition.body, definition.body[1:], strict=False):
        targets: Sequence[ast.expr] = node.targets if isinstance(node, ast.Assign) else ()
        for target in [node.target] if isinstance(node, ast.AnnAssign) else targets:
            if isinstance(target, ast.Name) and isinstance(below, ast.Expr):
                found[target.id] = str(ast.literal_eval(below.value))
    return found


def _table(spec: TableSpec, measured: Sequence[Measured]) -> str:
    parts = [
        _settings(spec),
        _attributes(spec.model),
        *_indexes(spec.model),
        _example(spec.model),
        _accesses(spec.model, measured),
    ]
    return "\n" + "\n\n".join(parts) + "\n"


def _settings(spec: TableSpec) -> str:
    keys = [
        f"`{name}` ({role})"
        for name, role in zip(spec.model.key_names(), ("partition", "sort"), strict=False)
    ]
    capacity = "on demand"
    if spec.capacity:
        capacity = (
            "provisioned, `TWEETER_FEED_WRITE_CAPACITY` WCU and `TWEETER_FEED_READ_CAPACITY` RCU"
        )
    expiry = "removed by DynamoDB some time after `expires_at`" if spec.expires else "kept"
    safety = "restorable to any second of 35 days" if spec.precious else "not restorable"
    return (
        f"- **Key:** {', '.join(keys)}\n- **Capacity:** {capacity}\n- **Items:** {expiry}\n"
        f"- **In production:** {safety}"
    )


def _attributes(model: type[Table]) -> str:
    meanings = meanings_of(model)
    usual, largest = serialised(USUAL[model]), serialised(LARGEST[model])
    lines = ["| attribute | type | bytes | |", "|---|---|--:|---|"]
    attributes = model.get_attributes()
    for name in [*meanings, *(attributes.keys() - meanings.keys())]:  # as in the model
        attribute = attributes[name]
        stored = attribute.attr_name or name
        sizes = [
            item_bytes({stored: item[stored]}) if stored in item else 0 for item in (usual, largest)
        ]
        lines.append(
            f"| `{stored}` | {_kind(attribute)} | {_span(*sizes)} | {meanings.get(name, '?')} |"
        )
    stored_at_most = largest_stored(model)
    low, high = item_bytes(usual), item_bytes(stored_at_most)
    lines.append(f"| *the item* | | *{_span(low, high)}* | *{_units(usual, stored_at_most)}* |")
    return "\n".join(lines)


def _kind(attribute: Attribute[Any]) -> str:
    return _KINDS[attribute.attr_type] + (", may be absent" if attribute.null else "")


def _span(usual: int, largest: int) -> str:
    return f"{usual:,}" if usual == largest else f"{usual:,} to {largest:,}"


def _units(usual: Mapping[str, Any], largest: Mapping[str, Any]) -> str:
    least, most = write_units(usual), write_units(largest)
    return f"{least} WCU to write" if least == most else f"{least} to {most} WCU to write"


def _indexes(model: type[Table]) -> list[str]:
    return [
        f"- **Local index** `{index['index_name']}`: "
        + ", ".join(f"`{key['AttributeName']}`" for key in index["key_schema"])
        + f"; {index['projection']['ProjectionType'].lower().replace('_', ' ')}"
        for index in model.schema()["local_secondary_indexes"]
    ]


def _example(model: type[Table]) -> str:
    item = {name: _plain(value) for name, value in serialised(USUAL[model]).items()}
    return "```json\n" + json.dumps(item, indent=2, ensure_ascii=False) + "\n```"


def _plain(typed: Mapping[str, Any]) -> Any:
    [(kind, value)] = typed.items()
    match kind:
        case "N":
            return json.loads(value)
        case "NS":
            return sorted(json.loads(number) for number in value)
        case "L":
            return [_plain(each) for each in value]
        case "M":
            return {name: _plain(each) for name, each in value.items()}
        case _:
            return value


def _accesses(model: type[Table], measured: Sequence[Measured]) -> str:
    lines = ["| access | by | RCU | WCU | which is |", "|---|---|--:|--:|---|"]
    for each in measured:
        costs = each.on(model.Meta.table_name)
        if costs:
            read, write = sum(cost.read for cost in costs), sum(cost.write for cost in costs)
            working = "; ".join(f"{cost.call} {cost.working}" for cost in costs)
            lines.append(
                f"| {each.pattern.purpose} | `{each.pattern.method}` | {_figure(read)} | "
                f"{_figure(write)} | {working} |"
            )
    return "\n".join(lines)


def _requests(measured: Sequence[Measured]) -> str:
    lines = ["| | RCU | WCU | accesses |", "|---|--:|--:|---|"]
    by_name = {(each.pattern.method, each.pattern.purpose): each for each in measured}
    for name, accesses in REQUESTS.items():
        costs = [cost for access in accesses for cost in by_name[access].costs]
        read, write = sum(cost.read for cost in costs), sum(cost.write for cost in costs)
        methods = ", ".join(f"`{method}`" for method, _ in accesses)
        lines.append(f"| {name} | {_figure(read)} | {_figure(write)} | {methods} |")
    return "\n" + "\n".join(lines) + "\n"


def _figure(units: float) -> str:
    return f"{units:g}" if units else ""
