"""Pages: what a commons shows to everybody, made on the server; and forms, by which members who are signed in record and promise."""
