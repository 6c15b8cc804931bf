"""Cases and the follow-ups that come after them."""
