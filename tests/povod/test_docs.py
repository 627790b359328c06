"""The documentation says what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from povod.cli import application
from povod.docs import references

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", ["commands.md", "configuration.md"])
def test_references_are_those_that_the_program_gives(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == references()[name], "run: make docs"


def mentioned_commands() -> list[tuple[str, str]]:
    """Return every `povod ...` command that stands in a page, with the page."""
    found = []
    for page in PAGES:
        for match in re.finditer(
            r"(?:^    |`)(?:\S*/)?povod ((?:[a-z][a-z-]*)(?: [^`\n#|)]*)?)", page.read_text("utf-8"), re.M
        ):
            found.append((page.name, match[1].strip()))
    return found


def test_every_command_that_a_page_names_exists_with_its_options() -> None:
    root = typer.main.get_command(application())
    unknown = []
    for page, text in mentioned_commands():
        words = shlex.split(text.replace("'", "").replace("...", ""))
        command, rest = root, list(words)
        while rest and hasattr(command, "commands") and rest[0] in command.commands:
            command = command.commands[rest.pop(0)]
        known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
        options = [word.split("=")[0] for word in rest if word.startswith("--") and word != "--help"]
        if command is root or [option for option in options if option not in known]:
            unknown.append(f"{page}: povod {text}")
    assert not unknown


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert not broken
