"""The floor under everything: transactions over plain SQL, on SQLite or PostgreSQL."""
