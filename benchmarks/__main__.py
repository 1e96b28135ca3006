"""`make bench`: every figure of the README, measured in one run."""

from benchmarks import alignment, grounding, render, renderers, sizing, streams

if __name__ == "__main__":
    grounding.main()
    alignment.main()
    render.main()
    renderers.main()
    streams.main()
    sizing.main()
