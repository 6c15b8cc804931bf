"""docs/settings.md explains every setting, with the default that the models have."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.brand.goals import Metric
from config.brand.hours import Span, format_hours
from config.brand.placeholders import CITATIONS, PLACEHOLDERS
from config.brand.profile import Profile
from config.durations import format_duration
from config.operator import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
OPERATOR, BRAND = PAGE.split("\n## A brand's file\n")


def groups_in(shape: Any) -> Iterator[type[BaseModel]]:
    if isinstance(shape, type) and get_origin(shape) is None and issubclass(shape, BaseModel):
        yield shape
    for part in get_args(shape):
        yield from groups_in(part)


def settings_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, str, FieldInfo]]:
    """Yield the group, the name and the field of every setting."""
    for name, field in model.model_fields.items():
        yield path, name, field
        for group in groups_in(field.annotation):
            yield from settings_of(group, f"{path}.{name}".strip("."))


def write_default(field: FieldInfo) -> str:
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    if field.is_required():
        return "required"
    if default is None or default in ("", (), {}):
        return "–"
    if isinstance(default, BaseModel):
        return "see below"
    if isinstance(default, timedelta):
        return f"`{format_duration(default)}`"
    if isinstance(default, tuple):
        hours = isinstance(default[0], Span)
        return f"`{format_hours(default) if hours else '[' + ', '.join(map(str, default)) + ']'}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def section(page: str, group: str) -> str:
    """Return what stands under the heading of a group, up to the next heading of its rank."""
    if not group:
        return page
    found = re.search(rf"\n### [^\n]*`{re.escape(group)}`[^\n]*\n(.*?)(?=\n###? |\Z)", page, re.DOTALL)
    assert found, f"docs/settings.md has no heading for `{group}`"
    return found[1]


CASES = [
    *((OPERATOR, *case) for case in settings_of(Settings)),
    *((BRAND, *case) for case in settings_of(Profile)),
]


@pytest.mark.parametrize(
    ("page", "group", "name", "field"), [pytest.param(*case, id=f"{case[1]}.{case[2]}".strip(".")) for case in CASES]
)
def test_every_setting_is_explained(page: str, group: str, name: str, field: FieldInfo) -> None:
    text = section(page, re.sub(r"^sla\.\w+$", "sla.urgent", group))
    rows = re.findall(rf"^\| `{re.escape(name)}` \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert rows, f"docs/settings.md doesn't explain {group}.{name}"
    assert write_default(field) in [default for _, default in rows]


def test_metrics_and_placeholders_are_explained() -> None:
    for metric in Metric:
        assert re.search(rf"^\| `{metric}` \| .+ \| {metric.unit} \|$", BRAND, re.MULTILINE), metric
    for name, meaning in PLACEHOLDERS.items():
        assert f"| `{{{name}}}` | {meaning} |" in BRAND
    assert all(f"`{{{name}:ID}}`" in BRAND for name in CITATIONS)
