"""The story: three real questions from asking to thanks, an alarm at night, and a Monday morning."""
