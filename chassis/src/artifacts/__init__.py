"""Schemas of the artifacts that pass from stage to stage, as JSON in the job folder.

One module per artifact. Fields are only ever added, with a default, so that old and new services understand each other.
"""
