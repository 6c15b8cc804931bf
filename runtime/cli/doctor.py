"""`earnest doctor`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, ConfigFile


def doctor(
    config: ConfigFile = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no platform about the accounts' keys.")] = False,
    listen_only: Annotated[
        bool, typer.Option("--listen-only", help="Look as earnest run --listen-only works: without the write key.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is configured, reachable and missing, and how to mend it. Exits with 1 when something is wrong.

    Example: earnest doctor --json
    """
    from runtime.cli.checkups import examine, show_findings
    from runtime.cli.errors import FAILED
    from runtime.cli.printing import print_json

    findings = examine(config, offline=offline, listen_only=listen_only)
    if as_json:
        print_json({"ok": not any(finding.is_wrong for finding in findings), "items": findings})
    else:
        show_findings(findings)
    if any(finding.is_wrong for finding in findings):
        raise typer.Exit(FAILED)
