"""`python -m renderer`."""

import sys

from chassis.service import main

from renderer.stage import service

if __name__ == "__main__":
    sys.exit(main(service()))
