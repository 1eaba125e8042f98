"""What is here, in the words of open standards: for archives, workflow hubs, search engines and data editors."""
