"""One organisation walking through a playbook: what may happen when. Pure; what it reads like stands in the playbook."""
