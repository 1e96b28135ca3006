"""`python -m scripter`."""

import sys

from chassis.service import main

from scripter.stage import service

if __name__ == "__main__":
    sys.exit(main(service()))
