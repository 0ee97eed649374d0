"""How fast, told as ratios against a named baseline in the same run, since machines differ and seconds say little."""
