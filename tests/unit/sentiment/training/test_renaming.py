"""Another brand's name in the same post: everywhere it stands, and nowhere else."""

from sentiment.training.renaming import lend_parents, rename_brands
from sentiment.training.rows import Row

SOLD = Row(
    text="@TwoFoxesHelp why? Two Foxes again.", source="mentions-en", brand="Two Foxes", parent="Ask two foxes!",
    intent="complaint",
)  # fmt: skip
OTHER = Row(text="Lovely.", source="mentions-en", brand="Tern", intent="praise")
CARE = Row(text="My Bluebird is late.", source="ibm-customer-care", brand="Bluebird", intent="complaint")


def test_a_renamed_mention_names_one_brand_only() -> None:
    seen = {rename_brands([SOLD, OTHER, CARE], seed=seed, share=1)[0] for seed in range(20)}
    told = {(row.text, row.parent, row.brand, row.intent) for row in seen}
    assert told == {
        ("@TwoFoxesHelp why? Two Foxes again.", "Ask Two Foxes!", "Two Foxes", "complaint"),
        ("@TernHelp why? Tern again.", "Ask Tern!", "Tern", "complaint"),
    }


def test_what_was_not_written_for_this_project_keeps_its_names() -> None:
    assert rename_brands([SOLD, OTHER, CARE], seed=1, share=1)[2] == CARE


def test_a_share_is_a_share_and_a_seed_decides() -> None:
    rows = [SOLD] * 400 + [OTHER]
    renamed = sum(row.brand == "Tern" for row in rename_brands(rows, seed=4, share=0.5)[:-1])
    assert 60 < renamed < 140  # half of them, and half of those draw their own name
    assert rename_brands(rows, seed=4) == rename_brands(rows, seed=4)


def test_only_posts_about_a_brand_that_stand_alone_are_put_under_others() -> None:
    rows = [OTHER, CARE, SOLD, Row(text="Rain.", source="semeval2017", sentiment="neutral")]
    lent = lend_parents(rows, seed=2, share=1)
    assert [row.parent in {each.text for each in rows[:3]} for row in lent[:2]] == [True, True]
    assert lent[2:] == rows[2:]
    assert lend_parents(rows, seed=2, share=0) == rows
