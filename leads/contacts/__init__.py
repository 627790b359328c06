"""Contacts come in: import with mapping, merging and reasons."""
