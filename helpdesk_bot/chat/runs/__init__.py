"""What people say in a run: done, help, yes it is so, the word that signs. By a sign, a word or a reply, in any language."""
