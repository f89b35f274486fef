"""What the Journal screen shows, and who reads it."""
