"""What is suspicious in a matrix by itself, without a reviewed file to compare it with."""
