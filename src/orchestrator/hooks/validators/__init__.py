"""Validators: they cut or refuse orders; exits always pass."""
