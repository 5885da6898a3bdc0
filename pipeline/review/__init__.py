"""The review page: a web page on this machine, where people look at readings and correct them."""
