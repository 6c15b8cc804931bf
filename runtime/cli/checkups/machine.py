"""Python, the installed version, its optional parts, and room on the disk."""

import shutil
import sys
from importlib.metadata import distribution, version
from pathlib import Path

from config.loading import Loaded
from platforms.extras import how_to_install
from runtime.cli.checkups.finding import Finding, note, warning, well, wrong
from runtime.cli.connecting.installed import missing_libraries

_GIB = 2**30
_LITTLE, _TOO_LITTLE = 2 * _GIB, _GIB // 4
# Those of training and testing are no use in running.
_SILENT = {"dev", "train"}


def look_at_machine(loaded: Loaded | None) -> list[Finding]:
    """Look at what Earnest runs on."""
    python = ".".join(map(str, sys.version_info[:3]))
    findings = [well("program", f"Earnest {version('earnest')} on Python {python}, installed in {sys.prefix}.")]
    findings.append(_look_at_extras())
    if loaded is not None:
        findings.append(_look_at_disk(loaded.data_dir))
    return findings


def _look_at_extras() -> Finding:
    extras = distribution("earnest").metadata.get_all("Provides-Extra") or []
    offered = sorted(set(extras) - _SILENT)
    there = [name for name in offered if not missing_libraries(name)]
    missing = [name for name in offered if name not in there]
    told = f"Installed: {', '.join(there) or 'none'}; not installed: {', '.join(missing) or 'none'}."
    mend = f"To add one: {how_to_install(missing[0])}" if missing else ""
    return note("extras", told, mend)


def _look_at_disk(data_dir: Path) -> Finding:
    place = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    told = f"{free / _GIB:.1f} GiB are free where {data_dir} is."
    if free < _TOO_LITTLE:
        return wrong("disk", told, "Make room, or move data_dir: without room nothing can be saved.")
    if free < _LITTLE:
        return warning("disk", told, "Make room, or move data_dir, before it runs out.")
    return well("disk", told)
