"""The story: three real questions, from asking to thanks."""
