"""What the product does: the verbs behind pages and commands."""
