"""The blind judge: schemas and leaks written without knowledge of the engine that has to find them."""
