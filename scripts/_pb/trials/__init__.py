"""Running copies of a live server with its data, to try on what is not to be tried on the server itself."""
