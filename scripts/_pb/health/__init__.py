"""The verbs of pb_health.py."""
