"""The demo of `pb_server.py up --demo`: a small team to-do backend from assets/demo, its access rules proved."""
