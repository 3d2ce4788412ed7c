"""Every word that a person sees, and the only formatter. See `render.Texts`."""
