"""`povod search try`, `backtest`, `label`, `diff`, `why`: searches on the posts that are stored."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add these commands to the group."""
