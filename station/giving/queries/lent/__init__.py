"""What giving answers for packages below it, through their places: lists for mailings, gifts for statements."""
