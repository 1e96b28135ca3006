"""Paid providers, one module each for what is asked, waited for and fetched."""
