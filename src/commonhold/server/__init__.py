"""The web server: Django's settings, addresses, and running it all under granian."""
