"""Types of the records in other languages, and the description of the API: pure functions on collections."""
