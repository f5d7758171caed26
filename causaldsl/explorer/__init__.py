"""The explorer: a page on which a model is asked by clicking, seeing beside doing.

`state` reads what a viewer has set and seen, `look` answers it, `app` serves it, and `static/` is the page.
"""
