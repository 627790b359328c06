"""Saved searches over what is stored: their versions, what becomes of their matches, and the past."""
