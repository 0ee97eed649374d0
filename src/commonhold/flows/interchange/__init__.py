"""Valueflows documents as JSON-LD and Turtle, and back.

A *document* is a dict of lists, one for each collection of `ontology/model.py`; its items are plain dicts with `id` and the
names of the ontology, without nulls and empty lists. Quantities are texts. Nothing here opens a connection: contexts that
are published elsewhere are known or refused.
"""
