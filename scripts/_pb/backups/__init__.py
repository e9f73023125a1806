"""The verbs of pb_backups.py."""
