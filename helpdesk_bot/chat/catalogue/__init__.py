"""Answers from the catalogue of tools and the library of playbooks."""
