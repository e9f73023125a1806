"""The verbs of pb_collections.py: reading the schema, changing it, editing one thing of it, and its migrations."""
