"""The laws that hold for every application, each judged by what the server answered."""
