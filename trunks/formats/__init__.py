"""How numbers are written, where Django's own formats for a language do not fit ours."""
