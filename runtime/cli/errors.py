"""How errors leave the command line: one sentence on standard error and an exit code that means something."""

import sys
from typing import Any

from typer.core import TyperGroup

from domain.errors import EarnestError

FAILED, BAD_INPUT = 1, 2


class ErrorsAsSentences(TyperGroup):
    """A group whose commands may raise Earnest's errors: bad input exits with 2, anything else with 1."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the context of whichever click Typer brings
        """Run the command; turn an error of ours into its sentence."""
        try:
            return super().invoke(ctx)
        except EarnestError as error:
            say(str(error))
            ctx.exit(code_of(error))
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            say(f"{error.filename or 'A file or connection'} can't be used: {error.strerror or type(error).__name__}.")
            ctx.exit(FAILED)
        except Exception as error:
            # Named by its module, so that a command that opens no database doesn't import the library for this.
            if not type(error).__module__.startswith("sqlalchemy."):
                raise
            say(f"The database can't be used ({type(error).__name__}); earnest doctor says more.")
            ctx.exit(FAILED)


def code_of(error: EarnestError) -> int:
    """Return the exit code of an error: 2 where what was given is wrong, 1 where something failed."""
    from config.mistakes import ConfigError
    from config.secrets import MissingSecret
    from domain.errors import InvalidInput, NotFound

    return BAD_INPUT if isinstance(error, ConfigError | MissingSecret | InvalidInput | NotFound) else FAILED


def say(sentence: str) -> None:
    """Print a sentence for people, on standard error."""
    print(sentence, file=sys.stderr)
