"""The verbs of pb_auth.py."""
