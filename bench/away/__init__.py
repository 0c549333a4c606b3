"""What the API answers, and after how long, while what it stands on is slow or away."""
