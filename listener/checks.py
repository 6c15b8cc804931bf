"""How settings ask whether a brand's query can be read."""

from config.checks import Problem
from listener.matching import Severity, check_expression


def check_query(text: str) -> list[Problem]:
    """Return what is wrong with a query's expression, with the mend and the place in it."""
    return [
        Problem(message=found.message, mend=found.mend, offset=found.start, warning=found.severity is Severity.WARNING)
        for found in check_expression(text)
    ]
