"""What is drawn from the ledger: records, lists, reference lists, cards and whole pages."""
