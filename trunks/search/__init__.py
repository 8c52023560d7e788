"""How rows are found: the text they are found by, and the questions that lists answer."""
