"""`python -m povod`, which is how povod starts its own child processes."""

from povod.cli import main

main()
