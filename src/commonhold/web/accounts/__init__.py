"""Accounts: who may log in, and which agents of which commons they are."""
