"""What may be asked, declared once for every door: a mapping in, a frozen value out."""
