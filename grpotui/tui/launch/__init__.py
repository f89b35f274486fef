"""A launch in the making: drafts, their fields, what is found wrong with them."""
