"""Whether asking by the rules is better than whoever reads it first."""
