"""The story: three real questions from asking to thanks, two organisations that begin to move to an
open tool, an alarm at night, and a Monday morning."""
