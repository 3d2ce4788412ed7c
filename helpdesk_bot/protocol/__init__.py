"""What helpdesks say to one another, as it travels: the models, their versions and their JSON Schemas. See docs/federation.md."""
