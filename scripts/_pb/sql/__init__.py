"""The verb of pb_sql.py."""
