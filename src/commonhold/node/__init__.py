"""The composition root: all kinds, sections, tables and commands, and the node that brings them together."""
