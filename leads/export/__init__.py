"""Leads go out: one file per target."""
