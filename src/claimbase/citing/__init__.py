"""Citing: references formatted by a CSL style, and single sources in other formats."""
