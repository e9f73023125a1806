"""The verbs of pb_settings.py."""
