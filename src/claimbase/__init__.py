"""A claims engine: every sentence tied to its sources, its certainty and its caveats."""

__version__ = "0.1.0"
