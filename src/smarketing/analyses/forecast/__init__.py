"""Will the month make its plan, and what is missing?"""
