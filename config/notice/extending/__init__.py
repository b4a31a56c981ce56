"""What a notice that extends another keeps of it, adds to it and takes back."""
