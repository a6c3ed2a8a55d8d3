"""What does the business want to know? Tables in, frozen results out; nothing is opened here."""
