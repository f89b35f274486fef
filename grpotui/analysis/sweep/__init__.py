"""What a sweep or probe shows: its points, which of them is best, and what may be concluded."""
