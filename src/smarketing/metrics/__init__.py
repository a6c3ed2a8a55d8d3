"""What does each number mean, and who answers for it?"""
