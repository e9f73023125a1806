"""The inside of the scripts: the verbs by domain and what they are made of. Nothing outside imports it."""
