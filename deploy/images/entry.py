"""Runs the image's service as `python -m SERVICE` would, in this very process, so that signals reach it."""

import os
import runpy
import sys

service = os.environ["SERVICE"]
sys.argv[0] = service
runpy.run_module(service, run_name="__main__", alter_sys=True)
