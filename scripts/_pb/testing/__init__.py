"""What a project's access tests are made of: actors, assertions, sessions, and the file that is written for them."""
