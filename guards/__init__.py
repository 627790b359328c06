"""What nothing may get past: addresses, markup, spreadsheet cells, limits."""
