"""All runs: what is read of them, and what the table shows."""
