"""Valueflows: economic events, and what they say about who gave what to whom."""
