"""JSON Schema: one for each file, with a description for every setting, and the examples fit it."""

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from config.reading import read_text
from config.schema import Kind, export_schema
from tests.unit.config.samples import SMALL, brand


def properties(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    groups = [schema, *schema["$defs"].values()]
    return [(name, held) for group in groups for name, held in group.get("properties", {}).items()]


def describe(schema: dict[str, Any], held: dict[str, Any]) -> str:
    """Return a setting's description, which for a group may be the group's own."""
    group = schema["$defs"].get(held.get("$ref", "").rpartition("/")[2], {})
    return str(held.get("description") or group.get("description") or "")


@pytest.mark.parametrize("kind", ["operator", "brand"])
def test_every_setting_is_described(kind: Kind) -> None:
    schema = export_schema(kind)
    json.dumps(schema)
    assert schema["additionalProperties"] is False
    bare = [name for name, held in properties(schema) if not describe(schema, held) and name != "type"]
    assert bare == []


def test_editors_learn_choices_and_shapes() -> None:
    schema = export_schema("brand")
    assert schema["required"] == ["slug", "name", "time_zone", "queries"]
    assert "median_first_response" in schema["$defs"]["Metric"]["enum"]
    assert schema["properties"]["answer_window"]["type"] == "string"
    assert len(schema["properties"]["sources"]["items"]["oneOf"]) == 6


@pytest.mark.parametrize(("kind", "name"), [("operator", "earnest.yaml"), ("brand", "brand.yaml")])
def test_editors_find_no_mistake_in_the_examples(kind: Kind, name: str) -> None:
    data = read_text(files("config.examples").joinpath(name).read_text(encoding="utf-8"), file=name).data
    validator = Draft202012Validator(export_schema(kind))
    validator.check_schema(validator.schema)
    plain = json.loads(json.dumps(data, default=str))  # editors see dates as text
    assert [error.message for error in validator.iter_errors(plain)] == []


@pytest.mark.parametrize(
    "wrong", [{"naem": "x"}, {"answer_window": "soon"}, {"sources": [{"type": "feed", "id": "a"}]}]
)
def test_editors_find_mistakes(wrong: dict[str, Any]) -> None:
    validator = Draft202012Validator(export_schema("brand"))
    assert validator.is_valid(SMALL)
    assert not validator.is_valid(brand(**wrong))
