"""`python -m captioner`."""

import sys

from chassis.service import main

from captioner.stage import service

if __name__ == "__main__":
    sys.exit(main(service()))
