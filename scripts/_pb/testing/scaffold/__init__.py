"""The verb `scaffold`: a test file for the access rules of a schema, each expectation tried before it is written."""
