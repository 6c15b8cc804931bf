"""What `earnest doctor` looks at: settings, storage, machine, sources and what stands outside; one module each."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from runtime.cli.checkups.finding import Finding, Health, wrong
from runtime.cli.checkups.settings import look_at_settings

__all__ = ["Finding", "Health", "examine", "show_findings"]


def examine(config: Path | None, *, offline: bool = False, listen_only: bool = False) -> list[Finding]:
    """Look at everything that can be looked at; nothing is changed and nothing is sent. Never raises our own errors.

    Unless `offline`, platforms are asked whose keys the accounts have. With `listen_only` the write key isn't missed.
    """
    from runtime.cli.checkups.accounts import look_at_accounts
    from runtime.cli.checkups.brands import look_at_brands
    from runtime.cli.checkups.machine import look_at_machine
    from runtime.cli.checkups.model import look_at_model
    from runtime.cli.checkups.outside import look_at_desk, look_at_mail
    from runtime.cli.checkups.storage import look_at_storage
    from runtime.cli.progress import counting

    with counting("Looking") as progress:
        loaded, findings = look_at_settings(config)
        progress("settings", len(findings))
        if loaded is None:
            return [*look_at_machine(None), *findings]
        for name, look in (
            ("machine", look_at_machine), ("model", look_at_model), ("database", look_at_storage),
            ("brands", look_at_brands),
            ("accounts", partial(look_at_accounts, offline=offline, listen_only=listen_only)),
            ("mail", look_at_mail), ("desk", look_at_desk),
        ):  # fmt: skip
            found = _look_without_breaking_off(name, partial(look, loaded))
            progress(name, len(found))
            findings += found
    return findings


def _look_without_breaking_off(about: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What can't be opened is a finding too: the others still are looked at."""
    try:
        return look()
    except OSError as error:
        told = f"{error.filename or 'A file'} can't be used: {error.strerror or type(error).__name__}."
        return [wrong(about, told, "Run this as the user that Earnest runs as, or give that user the file.")]


def show_findings(findings: Sequence[Finding]) -> None:
    """Print each finding with its mend, and how many there are of each kind."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    styles = {Health.WELL: "green", Health.NOTE: "dim", Health.WARNING: "yellow", Health.WRONG: "bold red"}
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        table.add_row(f"[{styles[finding.health]}]{finding.health}[/]", escape(finding.about), escape(_told(finding)))
    Console().print(table)
    wrong = sum(finding.is_wrong for finding in findings)
    warnings = sum(finding.health is Health.WARNING for finding in findings)
    print(f"\n{wrong} wrong, {warnings} to look at." if wrong or warnings else "\nAll is well.")


def _told(finding: Finding) -> str:
    """Return message and mend; a message that ends in a command keeps its line, so that the two aren't run together."""
    between = " " if finding.message.endswith((".", "!", "?", ":")) else "\n"
    return f"{finding.message}{between}{finding.mend}".strip()
