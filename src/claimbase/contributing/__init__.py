"""Adding to a base: citing a source from what names it, and drafting new records."""
