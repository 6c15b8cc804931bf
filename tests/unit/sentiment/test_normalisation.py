from hypothesis import given
from hypothesis import strategies as st

from sentiment.normalisation import context_of, normalise_text


def test_links_handles_and_addresses_are_masked() -> None:
    text = "@ana see https://x.example/a?b=1 or write me@shop.example, @shop@mastodon.example"
    assert normalise_text(text) == "@user see http or write mail, @user"


def test_the_brands_own_handle_is_told_apart() -> None:
    assert normalise_text("@FlyKestrelo and @other", brand="Kestrelo") == "@brand and @user"
    assert normalise_text("@brand hello", brand=None) == "@brand hello"


def test_names_of_reddit_and_of_other_servers_are_handles_too() -> None:
    assert normalise_text("u/Plover_Day and /u/ada_b, w/u/x", brand="Plover Day") == "@brand and @user, w/u/x"
    assert normalise_text("@ploverday@tern.social, ada@tern.example", brand="Ploverday") == "@brand, mail"


def test_a_short_brand_name_does_not_swallow_every_handle() -> None:
    assert normalise_text("@lola", brand="Lo") == "@user"


def test_hashtags_are_split_where_capitals_show_the_words() -> None:
    assert normalise_text("#LoveThisApp #happy #route66") == "# Love This App # happy # route 66"


def test_elongation_and_shouting_are_evened_out_and_emoji_stay() -> None:
    assert normalise_text("sooooo goooood!!!!!! 😍😍") == "soo good!!! 😍😍"
    assert normalise_text("WORST SERVICE EVER") == "worst service ever"
    assert normalise_text("NASA is great, I love it") == "NASA is great, I love it"


def test_context_holds_brand_and_parent() -> None:
    assert context_of(brand=None, parent=" ") is None
    assert context_of(brand="Acme", parent="@ana We are sorry") == "Acme ↑ @user We are sorry"


@given(st.text(max_size=200))
def test_a_second_pass_changes_no_link_or_handle_back(text: str) -> None:
    once = normalise_text(text)
    assert "https://" not in once
    assert "\n" not in once
    assert len(once) <= 3 * len(text) + 1
