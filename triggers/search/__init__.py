"""Saved searches: the query language, and the percolator that matches posts against thousands of queries at once.

parser (text -> tree) -> printer, dialects (tree -> text); planner (tree -> plan) -> percolator (posts -> matches).
"""
