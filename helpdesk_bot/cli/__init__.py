"""The `helpdesk` command, one file for each thing it does; `commands` has them all."""
