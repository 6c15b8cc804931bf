"""Writes a stored brand back as YAML, and names its content by a hash."""

import json
from hashlib import sha256
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from config.brand.profile import Profile


def dump_profile(profile: Profile) -> dict[str, Any]:
    """Return the profile as plain JSON data, the form in which revisions are stored; `Profile` reads it back."""
    return profile.model_dump(mode="json")


def hash_profile(profile: Profile) -> str:
    """Return SHA-256 in hex over the profile's content: the same for the same settings, however they were written."""
    content = dump_profile(profile)
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def export_profile(profile: Profile) -> str:
    """Return the profile as YAML: what differs from the defaults, in the order of the models.

    Reading the text gives an equal profile; the same profile always gives the same text.
    """
    yaml = YAML()
    yaml.width = 4096  # one line for one text, so that revisions compare line by line
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(_tidy(profile.model_dump(mode="json", exclude_defaults=True)), out)
    return out.getvalue()


def _tidy(value: Any) -> Any:  # noqa: ANN401  (plain JSON data)
    """Write texts of several lines as blocks."""
    if isinstance(value, dict):
        return {key: _tidy(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_tidy(held) for held in value]
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    return value
