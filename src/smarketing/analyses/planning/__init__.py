"""What was planned, who saved and confirmed it, what does it ask of each department, and over which horizon?"""
