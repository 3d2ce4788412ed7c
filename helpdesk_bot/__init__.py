"""A federated shared-services helpdesk on Matrix."""
