"""The manual's page on the command line, made from the commands themselves."""

import html
import inspect
import re
from collections.abc import Iterator

import click

from claimbase.pages.manual import ManualPage
from claimbase.pages.records import GeneratedPage, manual_pages


def whole_manual() -> Iterator[GeneratedPage]:
    """Yield the pages of the engine's manual, the command line among them."""
    from claimbase.cli import main  # noqa: PLC0415  (one of its commands asks for this)

    return manual_pages(command_line(main, "claimbase"))


def command_line(group: click.Group, name: str) -> ManualPage:
    """Return the page on a group of commands: each with its help, its usage and its options."""
    return ManualPage(
        "commands",
        "Command line",
        f"What `{name}` can be asked to do. Each command says the same with `--help`.",
        "\n\n".join(_command(group, _context(group, name))),
    )


def _context(
    command: click.Command, name: str, parent: click.Context | None = None
) -> click.Context:
    return click.Context(command, parent, info_name=name, **command.context_settings)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}"
    yield _prose(inspect.cleandoc(command.help or ""))
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{context.command_path} {usage}\n```"
    options = [each for each in command.params if isinstance(each, click.Option)]
    records = filter(None, (option.get_help_record(context) for option in options))
    if lines := [f"- `{names}`: {_prose(about)}" for names, about in records]:
        yield "\n".join(lines)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.commands[name]
            yield from _command(inner, _context(inner, name, context))


def _prose(text: str) -> str:
    """Return help as Markdown that shows it letter for letter, but for code between backticks.

    Addresses become code, or an extension that makes links of them takes the bracket behind along.
    """
    shown = re.sub(r" +", " ", html.escape(text, quote=False))
    escaped = re.sub(r"([\\*_\[\]])", r"\\\1", shown)
    return re.sub(r"https?://[^\s\\`]+", r"`\g<0>`", escaped)
