"""Ties the people and companies that signals are about to contacts, and says why."""
