"""The provider's Batch API: half the price, and answers within a day.

A reading is a conversation that is replayed from the answers that are kept. So a round is an
ordinary run over the backlog (`round.py`) whose reader puts each question without a kept answer
into a file (`transport.py`, `spool.py`) and leaves the document pending; the files go out as
batches (`submission.py`), come back as answers to be kept (`collection.py`), and the same run over
the same documents then judges them, stores what holds and spools what has to be asked again.
`session.py` puts these steps in their order.
"""
