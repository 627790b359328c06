"""`povod rules ...`: the rules in force, and help for those who write them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from povod.config.load import load_config
from povod.console import note, plural, print_json, print_table, say
from povod.faults import FAILED, UserError, nearest
from povod.options import ConfigOption, JsonOption
from povod.workspace import config_file
from triggers import authoring
from triggers.faults import RuleFault
from triggers.kinds import KINDS
from triggers.loader import RuleSet, load_rules
from triggers.rule import Rule
from triggers.rule_reader import LANGUAGES

app = typer.Typer(help="What is detected: list, show, test, lint, new.", no_args_is_help=True)
NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Rules by name, id, kind or language; all if left out.", show_default=False),
]
PacksOption = Annotated[list[Path] | None, typer.Option(help="A folder with more rules; may be repeated.")]


def _rules(packs: list[Path] | None, config: Path | None) -> RuleSet:
    """Load the rules that povod brings along, those of `packs`, and those of a configuration where there is one."""
    folders = list(packs or [])
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        raise UserError(*(f"{folder}: there is no such folder" for folder in missing))
    disabled: list[str] = []
    file = config_file(config)
    if config is not None or file.exists():
        loaded = load_config(file)
        folders = [*(loaded.path(pack) for pack in loaded.config.rules.packs), *folders]
        disabled = loaded.config.rules.disabled
    return load_rules(folders, sensitive=True, disabled=disabled)


def _chosen(loaded: RuleSet, names: list[str] | None) -> list[Rule]:
    try:
        return authoring.chosen(loaded, names or [])
    except KeyError as error:
        name = str(error.args[0])
        if Path(name).exists():
            raise UserError(
                f"{name} is no rule's name but a path; a folder of rules is given with --packs"
            ) from None
        known = sorted({word for rule in loaded.rules for word in (rule.name, rule.kind, rule.language)})
        raise UserError(f"there is no rule '{name}'{nearest(name, known)}") from None


@app.command("list")
def list_(
    names: NamesArgument = None,
    packs: PacksOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the rules in force."""
    rules = _chosen(_rules(packs, config), names)
    columns = ("name", "kind", "language", "status", "level", "title")
    facts = [
        dict(
            zip(
                (*columns, "id", "version", "sensitive"),
                (r.name, r.kind, r.language, r.status, r.level, r.title, r.id, r.version, r.sensitive),
                strict=True,
            )
        )
        for r in rules
    ]
    if as_json:
        print_json(facts)
        return
    print_table(columns, [[fact[column] for column in columns] for fact in facts])
    say(f"{plural(len(rules), 'rule')}; sensitive ones run only where the configuration turns them on")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A rule's name or id.", show_default=False)],
    packs: PacksOption = None,
    config: ConfigOption = None,
) -> None:
    """Show a rule as it stands in its file."""
    for rule in _chosen(_rules(packs, config), [name]):
        say(f"# {rule.path}")
        typer.echo(authoring.show(rule))


@app.command("test")
def run_tests(
    names: NamesArgument = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Drop each selection and filter in turn: some example must fail.")
    ] = False,
    packs: PacksOption = None,
    config: ConfigOption = None,
) -> None:
    """Run the examples that stand in the rules."""
    loaded = _rules(packs, config)
    rules = _chosen(loaded, names)
    _end_if(authoring.run_examples(loaded, names or []))
    count = sum(len(rule.match) + len(rule.no_match) for rule in rules)
    say(f"{plural(count, 'example')} of {plural(len(rules), 'rule')} come out as they say")
    if mutate:
        _mutate(loaded, names)


def _mutate(loaded: RuleSet, names: list[str] | None) -> None:
    mutations = list(authoring.mutate_rules(loaded, names or []))
    unnoticed = [mutation for mutation in mutations if mutation.noticed_by is None]
    for mutation in unnoticed:
        note(f"{mutation.rule}: no example notices when {mutation.left_out} is left out")
    say(f"{len(mutations) - len(unnoticed)} of {plural(len(mutations), 'mutation')} noticed by an example")
    if unnoticed:
        raise typer.Exit(FAILED)


@app.command()
def lint(names: NamesArgument = None, packs: PacksOption = None, config: ConfigOption = None) -> None:
    """Look for every fault in the rules, each told with its line and how to mend it."""
    loaded = _rules(packs, config)
    rules = _chosen(loaded, names)
    _end_if(authoring.lint_rules(loaded, names or []))
    say(f"{plural(len(rules), 'rule')}: no faults")


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="What it detects.", show_default=False)],
    language: Annotated[str, typer.Argument(help=f"One of: {', '.join(LANGUAGES)}.", show_default=False)],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path("rules"),
    variant: Annotated[str, typer.Option(help="What tells it from other rules of its kind.")] = "",
) -> None:
    """Write the skeleton of a rule, with an id of its own."""
    if kind not in KINDS:
        raise UserError(f"there is no kind '{kind}'{nearest(kind, list(KINDS))}")
    try:
        path = authoring.new_rule(kind, language, folder, variant)
    except ValueError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        what = (
            "is there already; it was left as it is" if isinstance(error, FileExistsError) else error.strerror
        )
        raise UserError(f"{error.filename}: {what}") from None
    say(f"wrote {path}; docs/writing-rules.md teaches how to go on")


def _end_if(faults: list[RuleFault]) -> None:
    for fault in faults:
        note(str(fault))
    if faults:
        say(plural(len(faults), "fault"))
        raise typer.Exit(FAILED)
