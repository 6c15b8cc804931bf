"""Other systems that a brand tells: signed webhooks that go out."""

from pydantic import Field

from config.base import Part
from config.names import Identifier, SecretName
from config.places import WebAddress


class Webhook(Part):
    """Another system, told when a post is erased, so that it can erase its copy."""

    id: Identifier = Field(description="A short name that stays the same.")
    url: WebAddress = Field(description="Where it is told, by POST.")
    signing_secret: SecretName = Field(description="The name of the secret that both sides sign with.")
