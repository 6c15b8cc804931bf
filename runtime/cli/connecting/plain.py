"""Texts from outside on a terminal: without the control characters that could move its cursor or change its colours."""

_WIDTH = 100


def plain(text: str) -> str:
    """Return the text with every unprintable character but line ends replaced."""
    return "".join(mark if mark.isprintable() or mark == "\n" else "·" for mark in text)


def one_line(text: str, *, width: int = _WIDTH) -> str:
    """Return it on one line, cut with an ellipsis."""
    line = plain(" ".join(text.split()))
    return line if len(line) <= width else line[: width - 1] + "…"
