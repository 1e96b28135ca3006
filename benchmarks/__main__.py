"""`make bench`: every figure of the README, measured in one run."""

from benchmarks import grounding, render, renderers, streams

if __name__ == "__main__":
    grounding.main()
    render.main()
    renderers.main()
    streams.main()
