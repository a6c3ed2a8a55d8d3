"""Who may sign in, what may they see and do, and what was done?"""
