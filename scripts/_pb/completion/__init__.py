"""Completion of the words of `pb` in bash, zsh and fish."""
