"""The verbs of pb_crons.py."""
