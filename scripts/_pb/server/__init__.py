"""A PocketBase of the project's own: the verbs of pb_server.py, and throwaway servers."""
