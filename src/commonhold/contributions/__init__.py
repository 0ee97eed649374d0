"""Who did what, and what peers say of it: claims, imports, validation."""
