"""`/health`: is the process alive, and able to answer?"""
