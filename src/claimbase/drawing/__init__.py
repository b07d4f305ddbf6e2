"""Pictures of numbers: data in, SVG out. Nothing here knows the ledger."""
