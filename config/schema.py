"""JSON Schema of the settings files, for editors that check and complete while one types."""

from typing import Any, Literal

from config.brand.profile import Profile
from config.operator import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Kind = Literal["operator", "brand"]


def export_schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema of earnest.yaml (`operator`) or of a brand file (`brand`)."""
    model = Settings if kind == "operator" else Profile
    title = "earnest.yaml" if kind == "operator" else "An Earnest brand file"
    return {"$schema": DIALECT, **model.model_json_schema(), "title": title}
