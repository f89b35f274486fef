"""Several runs beside each other: what is read of them, and what charts show."""
