"""A small brand and helpers that the tests of config share."""

from typing import Any

from config.brand.checks import find_faults
from config.checks import NO_CHECKS, Checks
from config.mistakes import write_path

SMALL: dict[str, Any] = {
    "slug": "small",
    "name": "Small",
    "languages": ["en", "de"],
    "time_zone": "Europe/Berlin",
    "queries": [{"name": "brand", "expression": "small"}],
}


def brand(**more: Any) -> dict[str, Any]:
    return {**SMALL, **more}


def faults(data: dict[str, Any], checks: Checks = NO_CHECKS) -> dict[str, str]:
    """Return message and mend of each fault by its path."""
    return {write_path(fault.path): f"{fault.message} {fault.mend}" for fault in find_faults(data, checks=checks)}
