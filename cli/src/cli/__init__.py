"""The hiddenhill command and the embedded stack."""
