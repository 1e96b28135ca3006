"""`make bench`: every figure of the README, measured in one run."""

from benchmarks import render, renderers, streams

if __name__ == "__main__":
    render.main()
    renderers.main()
    streams.main()
