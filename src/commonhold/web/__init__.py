"""Pages: what a commons shows to everybody. They are made on the server, and change nothing."""
