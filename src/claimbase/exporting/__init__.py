"""The ledger as data that others can use."""
