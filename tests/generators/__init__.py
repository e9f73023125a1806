"""The types of records and the description of the API, judged by what uses them."""
