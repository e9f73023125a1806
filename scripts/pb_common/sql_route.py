"""The route that takes SQL of a superuser, since when servers have it, and how much it takes at once."""

SQL = "/api/sql"
SINCE = "0.39.0"
LONGEST = 5000
