"""An approval is bound to every part of what was approved."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.answers import Binding

TEXTS = st.text(max_size=20)
BINDINGS = st.builds(
    Binding, text=TEXTS, account=TEXTS, thread=TEXTS, parts=st.lists(TEXTS, max_size=3).map(tuple)
)  # fmt: skip


@given(one=BINDINGS, two=BINDINGS)
def test_two_digests_are_the_same_only_for_the_same(one: Binding, two: Binding) -> None:
    assert (one.digest == two.digest) == (one == two)


@given(binding=BINDINGS, more=st.text(min_size=1, max_size=5))
def test_each_part_counts(binding: Binding, more: str) -> None:
    changed = [
        replace(binding, text=binding.text + more), replace(binding, account=binding.account + more),
        replace(binding, thread=binding.thread + more), replace(binding, parts=(*binding.parts, more)),
    ]  # fmt: skip
    digests = {each.digest for each in (binding, *changed)}
    assert len(digests) == 5


@given(
    left=TEXTS, right=st.text(min_size=1, max_size=20), separator=st.sampled_from(["\x1f", "\x00", "\n", '", "', ""])
)
def test_what_moves_from_one_part_to_the_next_is_a_change(left: str, right: str, separator: str) -> None:
    whole = Binding(text=left + separator + right, account="", thread="t")
    moved = Binding(text=left, account=separator + right, thread="t")
    assert whole.digest != moved.digest
    assert replace(whole, parts=(left, right)).digest != replace(whole, parts=(left + separator + right,)).digest
