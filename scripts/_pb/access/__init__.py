"""The verbs of pb_access.py: who may do what, observed on a throwaway copy of the schema."""
