"""REST under `/api/`: reads for everybody, commands with a token, signed entries from anybody."""
