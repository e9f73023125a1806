"""The judge of the access engine: schemas with planted leaks."""
