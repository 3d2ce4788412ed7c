"""What the helpdesk must withstand and how fast it must be, shown on a real homeserver. Run from the project's folder."""
