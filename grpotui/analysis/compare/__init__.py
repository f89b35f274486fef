"""Two to four runs beside each other: what differs, what came of it, and what may be concluded."""
