"""Charts as inline SVG, made on the server: no script, no inline style, colours with patterns, text in the page's colour."""
