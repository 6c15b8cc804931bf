"""Drafts from canned responses: honest, fitting, in their language, and none like the last."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.brand.profile import Profile
from domain.answers import DraftRequest, ProposedDraft, Severity
from domain.labels import INTENTS, Intent, Sentiment
from responders.drafting import CannedDrafter
from responders.guards import check
from responders.texts import opening_of
from tests.unit.responders.makers import PROFILE, classified, make_profile

TODAY = date(2026, 11, 18)


@dataclass(frozen=True)
class OneRevision:
    """Revisions where there is one."""

    profile: Profile

    def get(self, _revision_id: int, /) -> "OneRevision":
        return self


def draft(
    text: str = "I love how quiet it is", intent: Intent = Intent.PRAISE, *, profile: Profile | None = None, **more: Any
) -> ProposedDraft | None:  # fmt: skip
    seen = {
        key: more.pop(key)
        for key in list(more)
        if key in {"language", "themes", "urgent", "toxic", "sentiment", "intent_scores"}
    }
    request = {"author_name": "Ana López", "platform": "mastodon", "today": TODAY, **more}
    return CannedDrafter(OneRevision(profile or make_profile())).draft(
        DraftRequest(text=text, classification=classified(intent, **seen), revision_id=1, **request)
    )


def text_of(*words: Any, **more: Any) -> str:
    proposed = draft(*words, **more)
    assert proposed is not None
    return proposed.text


def test_name_said_and_sign_off_are_filled_in() -> None:
    assert text_of() == "Thank you, Ana! “I love how quiet it is” made our day.\nMia at Plover"


def test_without_a_name_the_sentence_closes() -> None:
    assert text_of(author_name="tea_99").startswith("Thank you! “I love")
    assert text_of("my kettle is so quiet here", author_name=None).startswith("Good to hear that the Plover Kettle 500")


def test_the_product_that_they_name_decides() -> None:
    proposed = draft("my kettle is so quiet here")
    assert proposed is not None
    assert proposed.short_code == "thanks_kettle"


def test_their_language_is_kept_and_otherwise_confessed() -> None:
    assert text_of("Ich mag die Ruhe daran sehr", language="de").endswith("Mia von Plover")
    proposed = draft("J'aime ce calme chaque matin", language="fr")
    assert proposed is not None
    (finding,) = proposed.findings
    assert (finding.rule, finding.severity) == ("language", Severity.WARN)
    assert "French" in finding.message


def test_facts_and_promises_are_named() -> None:
    proposed = draft("can I return it?", Intent.QUESTION, themes=("returns",))
    assert proposed is not None
    assert proposed.facts == ("return",)
    assert "30 days" in proposed.text
    promised = draft("it broke", Intent.COMPLAINT)
    assert promised is not None
    assert promised.promises == ("call",)


@pytest.mark.parametrize("today", [TODAY, None])
def test_what_ran_out_is_never_stated(today: date | None) -> None:
    proposed = draft("when are you there?", Intent.QUESTION, themes=("opening hours",), today=today)
    assert proposed is not None
    assert (proposed.short_code, proposed.facts) == ("ask", ())


def test_a_joke_never_answers_trouble() -> None:
    only = [each for each in PROFILE["canned_responses"] if each["short_code"] == "joke"]
    assert draft("it broke", Intent.COMPLAINT, profile=make_profile(canned_responses=only)) is None
    assert draft(urgent=True, profile=make_profile(canned_responses=only)) is None
    assert draft(sentiment=Sentiment.NEGATIVE, profile=make_profile(canned_responses=only)) is None
    assert draft(profile=make_profile(canned_responses=only)) is not None


def test_nothing_honest_to_say_is_none() -> None:
    assert draft(profile=make_profile(canned_responses=[])) is None
    assert draft(intent=Intent.OTHER) is None
    boast = [{"short_code": "boast", "intents": ["praise"], "text": "We guarantee a 90 % discount, {name}."}]
    assert draft(profile=make_profile(canned_responses=boast)) is None


def test_a_response_that_quotes_is_left_when_nothing_can_be_quoted() -> None:
    proposed = draft("😍😍", themes=())
    assert proposed is not None
    assert proposed.short_code == "joke"


def test_never_the_same_opening_twice_to_one_person() -> None:
    said: tuple[str, ...] = ()
    for turn in range(2):
        text = text_of("I love how quiet it is", variant=turn, said_before=said)
        assert opening_of(text, name="Ana") not in {opening_of(each, name="Ana") for each in said}
        said = (text, *said)
    third = draft("I love how quiet it is", said_before=said)
    assert third is not None
    assert "repetition" in {finding.rule for finding in third.findings}


def test_a_repeated_opening_is_better_than_another_language() -> None:
    first = text_of("Ich mag die Ruhe daran sehr", language="de")
    again = draft("Ich mag die Ruhe daran sehr", language="de", said_before=(first,))
    assert again is not None
    assert again.language == "de"


def test_the_shorter_one_is_taken_where_little_fits() -> None:
    short = CannedDrafter(OneRevision(make_profile()), measure=lambda _platform, text: (len(text), 25))
    request = DraftRequest(
        text="I love how quiet it is", author_name="Ana López", platform="x", classification=classified(),
        revision_id=1, today=TODAY,
    )  # fmt: skip
    proposed = short.draft(request)
    assert proposed is not None
    assert proposed.text == "Ha! Cheers, Ana."


@given(
    text=st.text(max_size=200),
    template=st.text(alphabet=st.sampled_from("abc {}:,.!50%€namesidprodctxf”“@/"), min_size=1, max_size=80),
    name=st.none() | st.text(max_size=20),
    intent=st.sampled_from(INTENTS),
    variant=st.integers(min_value=0, max_value=10**6),
)
def test_a_draft_never_crashes_and_always_passes_the_guards(
    text: str, template: str, name: str | None, intent: Intent, variant: int
) -> None:
    responses = [
        *PROFILE["canned_responses"],
        {"short_code": "wild", "intents": [str(intent)], "text": f"x{template}", "tones": ["warm", "calm", "plain"]},
    ]
    profile = make_profile(canned_responses=responses)
    proposed = draft(text, intent, profile=profile, author_name=name, variant=variant)
    if proposed is None:
        return
    again = draft(text, intent, profile=profile, author_name=name, variant=variant)
    assert again == proposed
    found = check(
        proposed.text, profile=profile, platform="mastodon", language=proposed.language, said=text, today=TODAY
    )
    assert [finding for finding in found if finding.severity is Severity.BLOCK] == []


MAYBE = {Intent.PRAISE: 0.6, Intent.COMPLAINT: 0.25, Intent.QUESTION: 0.15}


@pytest.mark.parametrize(
    ("intent", "seen", "said"),
    [
        (Intent.PRAISE, {"sentiment": Sentiment.NEGATIVE}, "but the post sounds negative;"),
        (Intent.PRAISE, {"intent_scores": MAYBE}, "but the post may be a complaint (0.25);"),
        (Intent.ABSTAINED, {"intent_scores": MAYBE}, "but the post may be a complaint (0.25);"),
        (
            Intent.ABSTAINED, {"intent_scores": MAYBE, "sentiment": Sentiment.NEGATIVE},
            "but the post sounds negative and may be a complaint (0.25);",
        ),
    ],
)  # fmt: skip
def test_thanks_for_what_may_be_a_complaint_want_a_look(intent: Intent, seen: dict[str, Any], said: str) -> None:
    proposed = draft("what a great kettle, it leaks", intent, **seen)
    assert proposed is not None
    (finding,) = [each for each in proposed.findings if each.rule == "thanks"]
    assert finding.severity is Severity.WARN
    assert said in finding.message


@pytest.mark.parametrize(
    ("intent", "seen"),
    [
        (Intent.PRAISE, {"intent_scores": {Intent.PRAISE: 0.76, Intent.COMPLAINT: 0.24}}),
        (Intent.QUESTION, {"sentiment": Sentiment.NEGATIVE}),
        (Intent.COMPLAINT, {}),
    ],
)
def test_other_answers_are_not_taken_for_thanks(intent: Intent, seen: dict[str, Any]) -> None:
    proposed = draft("it leaks", intent, **seen)
    assert proposed is not None
    assert "thanks" not in {finding.rule for finding in proposed.findings}
