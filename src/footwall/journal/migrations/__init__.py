"""How a journal's tables came to be, step by step."""
