"""The verbs of pb_server.py."""
