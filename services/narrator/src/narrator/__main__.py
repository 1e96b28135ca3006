"""`python -m narrator`."""

import sys

from chassis.service import main

from narrator.stage import service

if __name__ == "__main__":
    sys.exit(main(service()))
