"""Drawings of graphs, laid out here, with no outside program.

A layered drawing is made in four steps, those of Sugiyama, Tagawa and Toda (1981), one a module:

1. `layers` gives each node a row, causes above effects, rows not too wide;
2. `order` cuts long edges into pieces of one row each and orders the rows so that few edges cross;
3. `places` moves the items of each row along it, so that edges run straight;
4. `layout` puts rows under each other and bends the edges: the result is a `Drawing`, plain numbers.

`svg` and `png` turn a drawing into a picture; `listing` writes a graph for a terminal. All of it is deterministic.
"""
