"""Playbooks as they are written: one YAML file each, read, checked and drawn. A run of one lives in `domain/runs`."""
