"""The verbs of pb_records.py: one record, queries, files, several changes at once, and realtime events."""
