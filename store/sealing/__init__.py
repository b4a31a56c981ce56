"""What is stored is sealed here: the key, the values of columns, archived mails, and a store that was unsealed before."""
