"""Lines told in columns or elements of their own: a mapping file says which is which, and what cannot be told is a fault of its row."""
