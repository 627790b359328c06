"""Detection: from a text to matches, by rules that are data. No database, no network."""
