"""What each scene shows, found in the paper: one module for each kind of picture."""
