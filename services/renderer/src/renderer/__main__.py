"""`python -m renderer`."""

import sys

from renderer.stage import service
from chassis.service import main

if __name__ == "__main__":
    sys.exit(main(service()))
