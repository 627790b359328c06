"""A small invented world to try povod on."""
