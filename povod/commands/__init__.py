"""One file per group of sub-commands. Each is a thin shell: it asks, calls, and prints."""
