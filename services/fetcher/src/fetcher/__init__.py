"""Reference or file in, paper out."""
