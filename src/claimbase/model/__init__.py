"""The typed records. Nothing here reads or writes files."""
