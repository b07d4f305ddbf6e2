"""Files to records, keeping the place of every field."""
