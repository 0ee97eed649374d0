"""Funds, policies, distributions: how the benefit of a commons is shared, and why each share is what it is."""
