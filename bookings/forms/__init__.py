"""What people type, checked for its shape; the forms write nothing beyond their own row."""
