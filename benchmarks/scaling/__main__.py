"""`python -m benchmarks.scaling`. Every pod reads this module, and nothing that it needs not."""

import sys

if __name__ == "__main__":
    from benchmarks.scaling.command import main

    sys.exit(main())
