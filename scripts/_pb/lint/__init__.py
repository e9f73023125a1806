"""What pb_lint.py finds in files: the places of JSON values, and mistakes in JavaScript hooks and migrations."""
