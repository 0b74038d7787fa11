"""What an entity of a panel takes next: trees for many outputs, learnt together or apart, in one graph.

It owns the two ways to learn them and their graph. It leaves the rows and what is open to `datasets`, and the scores
to `evaluation`.
"""
