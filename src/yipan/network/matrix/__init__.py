"""Travel-time matrices in blocks of origins."""
