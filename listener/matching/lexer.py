"""Cuts a query into operators, parentheses and operands."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from listener.matching.expression import Accents, Filter, Kind, Term
from listener.matching.operands import read_bare, read_filter, read_phrase, refusal

_OPENING: Final = '"“„‟'
_CLOSING: Final = '"”“'
_GAP: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]*")
_BARE: Final = re.compile(r'[^\s\x00-\x1f\x7f-\x9f()（）"“”„‟]*')
_SIGNS: Final = {"#": Kind.TAG, "＃": Kind.TAG, "@": Kind.HANDLE, "＠": Kind.HANDLE}


class Token(Enum):
    """What sort of piece of a query this is."""

    OPERAND = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    OPEN = auto()
    CLOSE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a query, from `start` to `end`, with its operand where it is one."""

    token: Token
    start: int
    end: int
    operand: Term | Filter | None = None


_PARENTHESES: Final = {"(": Token.OPEN, "（": Token.OPEN, ")": Token.CLOSE, "）": Token.CLOSE}
_OPERATORS: Final = {"AND": Token.AND, "OR": Token.OR, "NOT": Token.NOT}


def read_pieces(query: str) -> list[Piece]:
    """Return the pieces of `query`, the last of them END.

    Raises:
        QueryError: Something is neither an operator nor a thing that can be looked for.
    """
    pieces: list[Piece] = []
    position = 0
    while True:
        gap = _GAP.match(query, position)
        piece = _read_piece(query, gap.end() if gap else position)
        pieces.append(piece)
        if piece.token is Token.END:
            return pieces
        position = piece.end


def _read_piece(query: str, start: int) -> Piece:
    if start == len(query):
        return Piece(Token.END, start, start)
    first = query[start]
    if first in _PARENTHESES:
        return Piece(_PARENTHESES[first], start, start + 1)
    if first == "-":
        follows = query[start + 1 : start + 2]
        if not follows.strip() or follows in ")）":
            raise refusal(query, start, start + 1, "a - stands alone", "write it directly before a word, or write NOT")
        return Piece(Token.NOT, start, start + 1)
    return _read_operand(query, start)


def _read_operand(query: str, start: int) -> Piece:
    accents = Accents(query[start]) if query[start] in "~=" else Accents.AS_WRITTEN
    at = start + len(accents.value)
    kind = _SIGNS.get(query[at : at + 1], Kind.TEXT)
    if kind is Kind.TEXT and query[at : at + 1] and query[at] in _OPENING:
        return _read_quoted(query, start, at, accents=accents)
    at += kind is not Kind.TEXT
    found = _BARE.match(query, at)
    end = found.end() if found else at
    if end == start:
        raise refusal(query, start, start + 1, "a closing quote stands before any opening one", "remove it")
    if query[end : end + 1] in tuple(_OPENING):
        raise refusal(query, end, end + 1, "a quote follows a word without a space", "put a space before it")
    if at == start:
        if query[at:end] in _OPERATORS:
            return Piece(_OPERATORS[query[at:end]], start, end)
        if condition := read_filter(query, at, end):
            return Piece(Token.OPERAND, start, end, condition)
    if at == end and kind is Kind.TEXT:
        raise refusal(query, start, at, f"nothing follows the {accents.value}", "write it before a word or phrase")
    return Piece(Token.OPERAND, start, end, read_bare(query, at, end, kind=kind, accents=accents))


def _read_quoted(query: str, start: int, opening: int, *, accents: Accents) -> Piece:
    closing = '"' if query[opening] == '"' else _CLOSING
    text, end = "", opening + 1
    while end < len(query) and query[end] not in closing:
        end += query[end] == "\\" and query[end + 1 : end + 2] in tuple('\\"')
        text += query[end]
        end += 1
    if end >= len(query):
        raise refusal(query, opening, opening + 1, "this quote is never closed", 'add a " at the end of the phrase')
    end += 1
    prefix = query[end : end + 1] == "*"
    end += prefix
    follows = query[end : end + 1]
    if follows.strip() and follows not in ")）(（":
        raise refusal(query, end, end + 1, "a word follows a closing quote without a space", "put a space before it")
    return Piece(Token.OPERAND, start, end, read_phrase(query, start, end, text=text, prefix=prefix, accents=accents))
