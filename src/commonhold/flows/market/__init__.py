"""Offers and requests: which fit together, and why."""
