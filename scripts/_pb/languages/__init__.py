"""One reader for each language: API rules, index statements, SQL of views, JavaScript."""
