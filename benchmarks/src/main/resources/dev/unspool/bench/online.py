# SPDX-License-Identifier: Apache-2.0
"""PyTorch learning from a stream, record by record, as one does there: the state before a rolling window of k2 records is
kept, the window is recomputed for each record, the error of its newest output goes back through it, and fused Adam makes an
update. Started by dev.unspool.bench.OnlineCommand with: threads, processors (empty), hidden, k2, records of a round, rounds.
Prints one JSON object: microseconds a record of the best round, processor time and wall time.
"""
import json
import sys
import time

import torch

THREADS, _, HIDDEN, K2, RECORDS, ROUNDS = int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:7])
torch.set_num_threads(THREADS)
torch.manual_seed(1)

lstm = torch.nn.LSTM(1, HIDDEN)
out = torch.nn.Linear(HIDDEN, 1)
parameters = [*lstm.parameters(), *out.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-3, fused=True)
window = torch.zeros(K2, 1, 1)
state = (torch.zeros(1, 1, HIDDEN), torch.zeros(1, 1, HIDDEN))
value = 0.0


def predict():
    """The newest output of the window, with the graph that the next record's error goes back through."""
    hidden, _ = lstm(window, state)
    return out(hidden[-1])


def record():
    """Learns that the value has become another one, then predicts from it."""
    global state, value, window, said
    value = 0.9 * value + float(torch.rand(())) * 2 - 1
    loss = (said - value).square().mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    with torch.no_grad():
        _, state = lstm(window[:1], state)
        window = torch.cat([window[1:], torch.full((1, 1, 1), value)])
    said = predict()
    return said.item()


said = predict()
worked = passed = float("inf")
for number in range(ROUNDS + 1):
    work, wall = time.process_time(), time.perf_counter()
    for _ in range(RECORDS):
        record()
    if number > 0:
        worked = min(worked, time.process_time() - work)
        passed = min(passed, time.perf_counter() - wall)
print(json.dumps({"version": torch.__version__, "worked": worked / RECORDS * 1e6, "passed": passed / RECORDS * 1e6}))
