"""`python -m cli` is `hiddenhill`."""

from cli.main import main

if __name__ == "__main__":
    main()
