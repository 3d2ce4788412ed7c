"""What the helpdesk reckons and shows: figures out of the tables, as words, tables and pictures. Reads, never writes."""
