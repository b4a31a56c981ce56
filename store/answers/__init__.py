"""Numbers of questions, mails that may answer them, the outcome of each, and values that officers overrule."""
