"""Which terms a query has, and which of them any post that matches must hold."""

from listener.matching.expression import And, Expression, Filter, Not, Or, Term


def anchors(expression: Expression, *, wanted: bool = True) -> tuple[Term, ...] | None:
    """Return terms of which any match has at least one, as few as can be found; None where a match may have none.

    With `wanted` false, the same for the expression's opposite.
    """
    match expression:
        case Term():
            return (expression,) if wanted else None
        case Filter():
            return None
        case Not(operand):
            return anchors(operand, wanted=not wanted)
        case And(parts) | Or(parts):
            found = [anchors(part, wanted=wanted) for part in parts]
            sure = [terms for terms in found if terms is not None]
            if isinstance(expression, And) == wanted:
                return min(sure, key=lambda terms: (len(terms), -min(len(term.text) for term in terms)), default=None)
            return tuple(dict.fromkeys(term for terms in sure for term in terms)) if len(sure) == len(found) else None


def wanted_terms(expression: Expression, *, wanted: bool = True) -> tuple[Term, ...]:
    """Return the terms that speak for a match, in the order they are written; not those under a NOT."""
    match expression:
        case Term():
            return (expression,) if wanted else ()
        case Filter():
            return ()
        case Not(operand):
            return wanted_terms(operand, wanted=not wanted)
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(term for part in parts for term in wanted_terms(part, wanted=wanted)))


def all_terms(expression: Expression) -> tuple[Term, ...]:
    """Return every term, those under a NOT too, once each."""
    return tuple(dict.fromkeys(wanted_terms(expression) + wanted_terms(expression, wanted=False)))
