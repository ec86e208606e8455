# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of JSON Schema that the schemas of docs use, checked without a package."""

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "number": (int, float), "null": type(None), "boolean": bool}
KNOWN = {"$schema", "title", "description", "type", "required", "properties", "additionalProperties", "items", "minimum"}


def problems(value, schema, place="$"):
    """What in value contradicts the schema, one text each."""
    unknown = set(schema) - KNOWN
    if unknown:
        yield f"{place}: the schema says {unknown}, which this check does not know"
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, TYPES[t]) and not (t in ("integer", "number") and isinstance(value, bool)) for t in types):
        yield f"{place}: {value!r} is not of type {types}"
        return
    if isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{place}: {value} is less than {schema['minimum']}"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(item, schema.get("items", {}), f"{place}[{index}]")
    if isinstance(value, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place}: no {name}"
        for name, item in value.items():
            if name in properties:
                yield from problems(item, properties[name], f"{place}.{name}")
            elif others is False:
                yield f"{place}: {name} is not in the schema"
            elif isinstance(others, dict):
                yield from problems(item, others, f"{place}.{name}")
