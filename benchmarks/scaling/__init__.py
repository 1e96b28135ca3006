"""What the renderers of a cluster do under load: KEDA's rule on the real bus with real workers, and a model of it."""
