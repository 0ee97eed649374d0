"""What was said, by whom, in what order: signed entries in a C2SP transparency log."""
