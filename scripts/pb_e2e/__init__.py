"""Access tests: actors, checks, sample records, and the test file that is written for a schema."""
