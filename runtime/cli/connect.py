"""`earnest connect` and `earnest disconnect`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, ConfigFile

Platform = Annotated[str, typer.Argument(help="The platform, such as mastodon.")]
Brand = Annotated[str | None, typer.Option("--brand", "-b", help="A brand's slug; may be left out with one brand.")]


Given = Annotated[
    list[str] | None, typer.Option("--set", help="An answer as name=value; a secret's as name=@FILE. Repeatable.")
]
Sources = Annotated[
    str | None, typer.Option(help="Which sources to add: all, none, or numbers such as 1,3; asked when left out.")
]
Reply = Annotated[bool | None, typer.Option("--reply/--no-reply", help="Whether to keep the keys that can write.")]
Preview = Annotated[bool, typer.Option("--preview/--no-preview", help="Whether to show what would be collected.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: for scripts.")]
Apply = Annotated[bool, typer.Option("--apply", help="Store the brand's profile too, as config apply does.")]
ListAll = Annotated[bool, typer.Option("--list", help="List what is connected, and end.")]
Check = Annotated[bool, typer.Option("--check", help="With --list: ask the platforms what the keys can do.")]


def connect(
    platform: Annotated[str | None, typer.Argument(help="The platform; left out with --list.")] = None,
    config: ConfigFile = None,
    brand: Brand = None,
    given: Given = None,
    sources: Sources = None,
    reply: Reply = None,
    preview: Preview = True,
    yes: Yes = False,
    apply: Apply = False,
    list_all: ListAll = False,
    check: Check = False,
    as_json: AsJson = False,
) -> None:
    """Connect a brand's account: sign in, see what would be collected, keep its keys, and add it to the brand's file.

    Nothing is saved before the end, and nothing at all when a step fails. Secrets are typed unseen; a script gives them
    in files, or in the environment as EARNEST_PLATFORM_NAME.

    Example: earnest connect mastodon --brand ploverday
    """
    from domain.errors import InvalidInput
    from runtime.cli.connecting import Wishes, connect_account
    from runtime.cli.connecting.answers import read_pairs
    from runtime.cli.connecting.kept import list_accounts, show_accounts
    from runtime.cli.printing import print_json

    if list_all:
        rows = list_accounts(config, brand=brand, platform=platform, check=check)
        print_json({"items": rows}) if as_json else show_accounts(rows)
        return
    if platform is None:
        raise InvalidInput("Say which platform: earnest connect mastodon, or --list for what is connected.")
    wishes = Wishes(
        given=read_pairs(given or (), option="--set"), sources=sources, reply=reply, preview=preview, yes=yes,
        apply=apply,
    )  # fmt: skip
    connect_account(config, platform=platform, brand=brand, wishes=wishes)


def disconnect(
    platform: Platform,
    config: ConfigFile = None,
    brand: Brand = None,
    account: Annotated[
        str | None, typer.Option(help="Its handle; may be left out where only one is connected.")
    ] = None,
) -> None:
    """Remove the stored keys of an account. The brand's file stays as it is.

    Example: earnest disconnect mastodon --account @ploverday
    """
    from runtime.cli.connecting.kept import disconnect_account

    print(disconnect_account(config, platform=platform, brand=brand, account=account))
