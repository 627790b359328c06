from typing import Any


def main() -> Any:
    """Start."""
