"""What led to something and what came of it, what it is worth, and whose that is."""
