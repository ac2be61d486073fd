"""Who may come in to the desk: passwords, sessions, single sign-on, and the guard before every page."""
