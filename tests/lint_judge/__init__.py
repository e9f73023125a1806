"""The blind judge of lint: small files that work and small files that do not, each proved by PocketBase itself."""
