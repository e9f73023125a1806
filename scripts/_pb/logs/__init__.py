"""The verbs of pb_logs.py, and what the logs are asked by others."""
