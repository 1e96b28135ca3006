"""`python -m narrator`."""

import sys

from narrator.stage import service
from chassis.service import main

if __name__ == "__main__":
    sys.exit(main(service()))
