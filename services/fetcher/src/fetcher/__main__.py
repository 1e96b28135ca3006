"""`python -m fetcher`."""

import sys

from fetcher.stage import service
from chassis.service import main

if __name__ == "__main__":
    sys.exit(main(service()))
