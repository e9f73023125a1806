"""Runs what the documentation says: every fenced block and every table of facts. README.md tells how to mark them."""
