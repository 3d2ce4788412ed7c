"""What `helpdesk playbook` does for whoever writes playbooks, and shows of them."""
