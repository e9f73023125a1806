"""Valid records made up from a schema: values, files, and what they require."""
