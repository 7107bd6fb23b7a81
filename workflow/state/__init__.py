"""What is known of every account, and what it means. Nothing is said in words here, and nothing is asked."""
