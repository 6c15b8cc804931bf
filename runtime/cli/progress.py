"""Progress on standard error, so that standard output stays the command's answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counting(what: str) -> Iterator[Callable[[str, int], None]]:
    """Show what is worked on and how many were done; yields `report(name, count)`."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
    console = Console(stderr=True)
    # In a log or a pipe a bar is only noise.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)

        def report(name: str, count: int) -> None:
            progress.update(task, description=f"{what}: {name}", advance=count)

        yield report
