"""What the tables of each page say, as checks."""
