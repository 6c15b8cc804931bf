"""The query language: OR binds least, then AND (also unwritten), then NOT; parentheses group."""

from typing import Final

from listener.matching.expression import Expression, Not, all_of, any_of
from listener.matching.lexer import Piece, Token, read_pieces
from listener.matching.operands import refusal
from listener.matching.problems import Problem, QueryError, Severity
from listener.matching.terms import all_terms, anchors

MAXIMUM_LENGTH: Final = 20_000
MAXIMUM_DEPTH: Final = 50
MAXIMUM_TERMS: Final = 1_000
_STARTS: Final = frozenset({Token.OPERAND, Token.OPEN, Token.NOT})


def parse_query(query: str) -> Expression:
    """Return what `query` means.

    Raises:
        QueryError: It can't be understood, or would match posts that hold none of its terms.
    """
    return _Parser(query).parse()


def check_expression(query: str) -> list[Problem]:
    """Return what is wrong with `query`, in its order: one error, or any number of warnings, or nothing."""
    try:
        parser = _Parser(query)
        parser.parse()
    except QueryError as error:
        return [error.problem]
    return sorted(parser.warnings, key=lambda problem: problem.start)


class _Parser:
    """One descent through one query."""

    def __init__(self, query: str) -> None:
        if len(query) > MAXIMUM_LENGTH:
            message = f"it is longer than {MAXIMUM_LENGTH:,} characters"
            raise refusal(query, MAXIMUM_LENGTH, MAXIMUM_LENGTH + 1, message, "make several queries of it")
        self._query = query
        self._pieces = read_pieces(query)
        self._next = 0
        self._depth = 0
        self.warnings: list[Problem] = []

    def parse(self) -> Expression:
        if self._peek().token is Token.END:
            raise self._refusal("it is empty", "write at least one word")
        expression = self._alternatives()
        if self._peek().token is Token.CLOSE:
            raise self._refusal("this ) closes nothing", "remove it, or add a ( before")
        self._check(expression)
        self._warn_of_small_operators()
        return expression

    def _alternatives(self) -> Expression:
        start = self._peek().start
        parts = [self._conjunction()]
        mixed = parts[0][1] > 1
        while self._peek().token is Token.OR:
            self._advance()
            parts.append(self._conjunction())
            mixed = mixed or parts[-1][1] > 1
        if mixed and len(parts) > 1:
            self._warn_of_mixture(start, [part for part, _ in parts])
        return any_of(part for part, _ in parts)

    def _conjunction(self) -> tuple[Expression, int]:
        """Return the parts joined by AND, and how many they are."""
        parts = [self._factor()]
        while self._peek().token is Token.AND or self._peek().token in _STARTS:
            if self._peek().token is Token.AND:
                self._advance()
            parts.append(self._factor())
        return all_of(parts), len(parts)

    def _factor(self) -> Expression:
        if self._peek().token is not Token.NOT:
            return self._primary()
        self._descend()
        self._advance()
        negated = Not(self._factor())
        self._depth -= 1
        return negated

    def _primary(self) -> Expression:
        piece = self._peek()
        if piece.operand is not None:
            self._advance()
            return piece.operand
        if piece.token is not Token.OPEN:
            raise self._missing()
        self._descend()
        self._advance()
        inner = self._alternatives()
        if self._peek().token is not Token.CLOSE:
            raise refusal(self._query, piece.start, piece.end, "this ( is never closed", "add a )")
        self._advance()
        self._depth -= 1
        return inner

    def _missing(self) -> QueryError:
        before = self._pieces[self._next - 1] if self._next else None
        after = f" after {self._text(before)}" if before else ""
        piece = self._peek()
        found = "the query ends" if piece.token is Token.END else f"{self._text(piece)} stands"
        return self._refusal(
            f'expected a word, "phrase", #tag, @handle or ({after}, but here {found}',
            f"add what to look for, or remove {self._text(before or piece)}",
        )

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise self._refusal(f"more than {MAXIMUM_DEPTH} levels inside each other", "use fewer parentheses and NOTs")

    def _check(self, expression: Expression) -> None:
        if anchors(expression) is None:
            problem = Problem(
                start=len(self._query) - len(self._query.lstrip()),
                end=len(self._query.rstrip()),
                message="it would match posts that hold none of its words, so nearly everything that anybody writes",
                mend="add a word, phrase, #tag or @handle that must be there",
            )
            raise QueryError(self._query, problem)
        if (terms := len(all_terms(expression))) > MAXIMUM_TERMS:
            raise refusal(self._query, 0, 1, f"it has {terms:,} terms", f"make queries of {MAXIMUM_TERMS:,} at most")

    def _warn_of_mixture(self, start: int, parts: list[Expression]) -> None:
        end = self._pieces[self._next - 1].end
        message = f"AND binds before OR, so this is read as {any_of(parts)}"
        self._warn(start, end, message, "add parentheses to say which you mean")

    def _warn_of_small_operators(self) -> None:
        for piece in self._pieces:
            word = self._text(piece)
            if piece.operand is not None and word in {"and", "or", "not"}:
                mend = f'write {word.upper()} for the operator, or "{word}" for the word'
                self._warn(piece.start, piece.end, f"{word} in small letters is a word to look for", mend)

    def _warn(self, start: int, end: int, message: str, mend: str) -> None:
        self.warnings.append(Problem(start=start, end=end, message=message, mend=mend, severity=Severity.WARNING))

    def _refusal(self, message: str, mend: str) -> QueryError:
        piece = self._peek()
        return refusal(self._query, piece.start, max(piece.end, piece.start + 1), message, mend)

    def _text(self, piece: Piece) -> str:
        return self._query[piece.start : piece.end]

    def _peek(self) -> Piece:
        return self._pieces[self._next]

    def _advance(self) -> None:
        self._next += 1
