"""Looks at the outside world on an organisation's behalf: is the link closed, does the site answer, where does mail go.

Whoever asks for a look chooses the address, so nothing here may become a way to what is not public.
"""
