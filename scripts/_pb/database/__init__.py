"""What is done with the files of databases, without asking a server."""
