"""Organisations walking through playbooks: what begins, what is said to whom, and what follows from what they do.

Every change of state goes through `moves`, and whatever changed, `going_on.go_on` brings the run to where it waits for somebody
again: it begins what may begin, tells whose turn it is, and brings the card up to date.
"""
