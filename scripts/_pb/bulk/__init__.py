"""Import and export of whole files of records: fast, in flat memory, and without losing a row."""
