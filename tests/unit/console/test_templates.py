"""What every template and script keeps to."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "console"
TEMPLATES = sorted(ROOT.glob("*/templates/*.html"))
SCRIPTS = sorted(ROOT.glob("*/static/*.js"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_run_nothing_and_escape_everything(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "|safe" not in text.replace("|safe_url", "")
    assert "autoescape" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+\s*=", text)
    assert not re.search(r"\sstyle\s*=", text)
    # Addresses that come from data pass through safe_url; the others are ours.
    for value in re.findall(r'(?:href|src|action)="({{[^"]*?}})"', text):
        ours = value.startswith(("{{ desk.base }}/", "{{ act }}/", "{{ asset(", "{{ address }}"))
        assert ours or "|safe_url }}" in value, value
    for link in re.findall(r'<a [^>]*target="_blank"[^>]*>', text):
        assert "noopener" in link or "desk.base" in link, link


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_forms_that_change_something_carry_the_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
        assert "ui.token(" in form or "hidden()" in form or 'name="csrf"' in form, form[:120]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_stay_small_and_never_make_markup_of_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 200
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_two_words_run_together(path: Path) -> None:
    """The environment drops the line's end after a block and the blanks before one, so the space stands inside."""
    text = path.read_text(encoding="utf-8")
    ended = r"(?:\}\}|</(?:a|span|b|strong)>|\w)(?:\{% end(?:if|for) %\})+"
    begun = r"\n\s*(?:\{% (?:if|for) [^%]*%\})+(?:<(?:a|span|b|strong)\b|\w)"
    assert re.findall(ended + begun, text) == []
