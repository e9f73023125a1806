"""The verb of pb_api.py: one request to any route."""
