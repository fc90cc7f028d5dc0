"""What happens without a page: payments and set-ups over the API, test ids."""
