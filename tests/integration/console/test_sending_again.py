"""Two people at one troubled reply: it is sent again once."""

from domain.states import ReplyState
from tests.integration.console.conftest import HOME, World
from tests.integration.console.test_health import add_reply, state_of


def test_what_waits_to_be_sent_is_not_sent_again_and_can_be_withdrawn(world: World) -> None:
    first, second = world.browser("maite"), world.browser("ada")
    failed = add_reply(world, ReplyState.FAILED)
    assert first.submit(f"{HOME}/replies/{failed}/resend").status_code == 303
    again = second.submit(f"{HOME}/replies/{failed}/resend")
    assert again.status_code == 422
    assert "queued now; reload the page" in again.text
    assert second.submit(f"{HOME}/replies/{failed}/sent").status_code == 422
    assert state_of(world, failed) is ReplyState.QUEUED
    assert second.submit(f"{HOME}/replies/{failed}/withdraw").status_code == 303
    assert state_of(world, failed) is ReplyState.WITHDRAWN
