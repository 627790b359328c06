"""Writes the references below docs/: `python -m povod.docs docs`, which is `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def references() -> Mapping[str, str]:
    """Return the text of every reference by its file's name."""
    from povod import command_reference  # noqa: PLC0415 -- imports every command
    from povod.cli import application  # noqa: PLC0415
    from povod.config import reference  # noqa: PLC0415

    return {
        "configuration.md": reference.reference(),
        "commands.md": command_reference.reference(application()),
    }


if __name__ == "__main__":
    for name, text in references().items():
        (Path(sys.argv[1]) / name).write_text(text, encoding="utf-8")
