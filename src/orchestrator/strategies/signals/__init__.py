"""The caller's own history of signals: would acting on it have paid?"""
