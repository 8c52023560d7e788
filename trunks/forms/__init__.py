"""Input rules: what a person may type, and the sentence beside the field when it is something else."""
