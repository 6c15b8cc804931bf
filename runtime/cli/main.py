"""The `earnest` command."""

import inspect

import typer

from runtime.cli import (
    backup,
    cases,
    classify,
    collect,
    config,
    connect,
    db,
    demo,
    digest,
    doctor,
    evaluate,
    forget,
    imports,
    init,
    keys,
    model,
    queue,
    recheck,
    rejects,
    replay,
    reprocess,
    run,
    simulate,
    users,
)
from runtime.cli.errors import ErrorsAsSentences

app = typer.Typer(
    name="earnest",
    cls=ErrorsAsSentences,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Hears what people say about a brand, drafts honest replies, asks a person, and sends each once.",
    epilog="Exit codes: 0 done, 1 failed, 2 bad usage or bad input.",
)
app.command("init")(init.init)
app.command("demo")(demo.demo)
app.command("connect")(connect.connect)
app.command("disconnect")(connect.disconnect)
app.command("run")(run.run)
app.command("collect")(collect.collect)
app.command("recheck")(recheck.recheck)
app.command("import")(imports.import_posts)
app.command("classify")(classify.classify)
app.command("evaluate")(evaluate.evaluate)
app.command("reprocess")(reprocess.reprocess)
app.command("queue")(queue.queue)
app.command("replay")(replay.replay)
app.command("simulate")(simulate.simulate)
app.command("cases")(cases.cases)
app.command("digest")(digest.digest)
app.command("forget")(forget.forget)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)
app.add_typer(users.app, name="users")
app.add_typer(db.app, name="db")
app.add_typer(rejects.app, name="rejects")
app.add_typer(config.app, name="config")
app.add_typer(model.app, name="model")
app.add_typer(keys.app, name="keys")


def _flow(group: typer.Typer) -> None:
    """Let each paragraph of a command's help run on to the terminal's width: a docstring's line ends aren't meant."""
    for command in group.registered_commands:
        paragraphs = (inspect.getdoc(command.callback) or "").split("\n\n")
        command.help = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    for inner in group.registered_groups:
        if inner.typer_instance:
            _flow(inner.typer_instance)


_flow(app)


def main() -> None:
    """Run the command line."""
    app()
