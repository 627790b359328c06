"""Saved searches: the query language and the engine that matches them."""
