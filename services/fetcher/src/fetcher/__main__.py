"""`python -m fetcher`."""

import sys

from chassis.service import main

from fetcher.stage import service

if __name__ == "__main__":
    sys.exit(main(service()))
