"""One module per screen: screens fetch data and own the keys."""
