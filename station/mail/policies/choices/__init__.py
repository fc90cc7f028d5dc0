"""What people say about mail to them: topics, sealed links, the rules of what counts, the words of its pages."""
