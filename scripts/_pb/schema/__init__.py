"""Pure functions on collection schemas, without I/O."""
