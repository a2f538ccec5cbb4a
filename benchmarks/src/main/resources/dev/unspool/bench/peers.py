# SPDX-License-Identifier: Apache-2.0
"""PyTorch and JAX, doing the work of one shape. Started by dev.unspool.bench.PythonPeers with the number of threads and
the processors to run on, as in 0,1 (empty: any); each line of standard input is a request, each line of standard
output its answer, both JSON:

  {"do": "open", "of": SOURCES, "sample": FILE, "shape": {...}, "folder": FOLDER}
                                    →  {"peers": [[NAME, FILE], ...], "notes": [...]}
  {"do": "measure", "peer": NAME}   →  {"micros": MICROSECONDS PER UPDATE}

SOURCES is "libraries" (PyTorch and JAX as they are used), "cells" (the cell written down, in a loop) or "compiled" (also
by torch.compile). SAMPLE is a safetensors file with θ under PyTorch's names, "inputs" and "targets". The files of the
answer hold the gradient at the last step of the sample, float32, in the order of θ. What a request cannot do is answered
by {"error": MESSAGE}.
"""
import json
import os
import sys
import time
from collections import deque

THREADS = int(sys.argv[1])
PROCESSORS = {int(number) for number in sys.argv[2].split(",") if number}


def pin():
    """Runs on the processors of this row alone, whatever libraries are told of threads; says why it cannot."""
    try:
        if PROCESSORS:
            os.sched_setaffinity(0, PROCESSORS)
        return []
    except (AttributeError, OSError) as e:
        return [f"Python is NOT pinned to processors {sys.argv[2]}: {e}"]


NOT_PINNED = pin()  # before libraries start threads

import numpy as np

UPDATE_RATE = 1e-7
LONG_ENOUGH = 0.02

# Of cells, the time that the processor works counts, as it does for ours.
now = time.perf_counter


class Sample:
    """Weights, data, and the numbers of the shape."""

    def __init__(self, path, shape):
        with open(path, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = file.read()
        header.pop("__metadata__", None)
        arrays = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            arrays[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"]).copy()
        self.inputs, self.targets = arrays.pop("inputs"), arrays.pop("targets")
        self.names = shape["names"]
        self.theta = {name: arrays[name] for name in self.names}
        self.cell, self.hidden, self.layers = shape["cell"], shape["hidden"], shape["layers"]
        self.lanes, self.k1, self.k2, self.fill = shape["lanes"], shape["k1"], shape["k2"], shape["fill"]
        self.vocabulary, self.updates, self.adam = shape["vocabulary"], shape["updates"], shape["adam"]
        if self.vocabulary:
            self.inputs = self.inputs[..., 0].astype(np.int64)
            self.targets = self.targets[..., 0].astype(np.int64)


def torch_peers(s):
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(THREADS)
    kind = {"lstm": "LSTM", "gru": "GRU"}.get(s.cell, "RNN")
    more = {"nonlinearity": s.cell[4:]} if kind == "RNN" else {}
    inputs, targets = torch.from_numpy(s.inputs), torch.from_numpy(s.targets)

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            if s.vocabulary:
                self.embedding = nn.Embedding(s.vocabulary, s.hidden)
            self.rnn = getattr(nn, kind)(s.hidden, s.hidden, s.layers, **more)
            self.output = nn.Linear(s.hidden, s.vocabulary or s.hidden)
            with torch.no_grad():
                for name, value in s.theta.items():
                    self.parameter(name).copy_(torch.from_numpy(value))

        def parameter(self, name):
            return self.get_parameter(name if "." in name else "rnn." + name)

        def zeros(self):
            h = torch.zeros(s.layers, s.lanes, s.hidden)
            return (h, h.clone()) if kind == "LSTM" else h

        def forward(self, x, state):
            return self.rnn(self.embedding(x) if s.vocabulary else x, state)

        def loss(self, h, y):
            """Of the last steps of a window, in which all steps since the last sweep count."""
            y_hat = self.output(h)
            if s.vocabulary:
                return functional.cross_entropy(y_hat.flatten(0, -2), y.flatten())
            return functional.mse_loss(y_hat, y)

        def gradient(self):
            return np.concatenate([self.parameter(name).grad.numpy().ravel() for name in s.names])

    class Peer:
        def __init__(self):
            self.network = Network()
            self.adam = torch.optim.Adam(self.network.parameters(), lr=UPDATE_RATE, fused=True)

        def run(self, update):
            """One pass over the sample: the seconds that its updates took, with a window full from the first on."""
            raise NotImplementedError

        def seconds(self):
            return self.run(s.adam)

        def gradient(self):
            self.run(False)
            return self.network.gradient()

        def apply(self, update):
            if update:
                self.adam.step()

    def detached(state):
        return tuple(a.detach() for a in state) if isinstance(state, tuple) else state.detach()

    class Chunks(Peer):
        """nn.LSTM over k1 = k2 steps, the state detached between chunks."""

        name = "torch-chunks"

        def run(self, update):
            start = now()
            state = self.network.zeros()
            for t in range(0, len(inputs), s.k1):
                h, state = self.network(inputs[t : t + s.k1], detached(state))
                loss = self.network.loss(h, targets[t : t + s.k1])
                self.network.zero_grad()
                loss.backward()
                self.apply(update)
            return now() - start

    class Recompute(Peer):
        """nn.LSTM over the whole window for every sweep."""

        name = "torch-recompute"

        def run(self, update):
            state = self.network.zeros()
            if s.fill > s.k2:
                with torch.no_grad():
                    state = self.network(inputs[: s.fill - s.k2], state)[1]
            start = now()
            for end in range(s.fill, len(inputs) + 1, s.k1):
                begin = end - s.k2
                h, _ = self.network(inputs[begin:end], state)
                loss = self.network.loss(h[s.k2 - s.k1 :], targets[end - s.k1 : end])
                self.network.zero_grad()
                loss.backward()
                with torch.no_grad():
                    state = self.network(inputs[begin : begin + s.k1], state)[1]
                self.apply(update)
            return now() - start

    class Retained(Peer):
        """The forum's way: the graph of every step is kept, and swept from step to step."""

        name = "torch-retained"

        def __init__(self):
            super().__init__()
            cells = {"LSTM": nn.LSTMCell, "GRU": nn.GRUCell, "RNN": nn.RNNCell}
            self.cell = cells[kind](s.hidden, s.hidden, **more)
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                setattr(self.cell, name, self.network.parameter(name + "_l0"))

        def run(self, update):
            state = self.network.zeros()
            state = [a[0] for a in state] if kind == "LSTM" else [state[0]]
            window, losses, start = deque(), [], 0.0
            for t in range(len(inputs)):
                if t == s.fill - s.k1:
                    start = now()
                before = [a.detach().requires_grad_() for a in state]
                state = self.cell(inputs[t], tuple(before) if kind == "LSTM" else before[0])
                state = list(state) if kind == "LSTM" else [state]
                window.append((before, state))
                if len(window) > s.k2:
                    window.popleft()
                if t < s.fill - s.k1:
                    continue
                losses.append(self.network.loss(state[0], targets[t]) / s.k1)
                if len(losses) == s.k1:
                    self.network.zero_grad()
                    self.sweep(window, losses)
                    losses = []
                    self.apply(update)
            return now() - start

        def sweep(self, window, losses):
            upstream = None
            for i in range(len(window) - 1, -1, -1):
                before, after = window[i]
                for a in before:
                    a.grad = None
                heads = [losses[i - len(window)]] if len(window) - i <= len(losses) else []
                tensors = heads + (after if upstream else [])
                slopes = [None] * len(heads) + (upstream or [])
                torch.autograd.backward(tensors, slopes, retain_graph=True)
                upstream = [torch.zeros_like(a) if a.grad is None else a.grad for a in before]

    if s.k1 == s.k2:
        return [Chunks()]
    peers = [Recompute()]
    # With updates in place, autograd refuses to go back through a retained step.
    if s.layers == 1 and not s.vocabulary and not s.adam:
        peers.append(Retained())
    return peers


def jax_peers(s):
    import jax
    import jax.numpy as jnp
    from jax import lax

    gates = {"lstm": 4, "gru": 3}.get(s.cell, 1)
    sigmoid = jax.nn.sigmoid
    activation = jax.nn.relu if s.cell == "rnn-relu" else jnp.tanh
    inputs, targets = jnp.asarray(s.inputs), jnp.asarray(s.targets)

    def pack():
        p = {"W": jnp.asarray(s.theta["output.weight"].T), "b": jnp.asarray(s.theta["output.bias"])}
        if s.vocabulary:
            p["E"] = jnp.asarray(s.theta["embedding.weight"])
        for l in range(s.layers):
            p[f"Wx{l}"] = jnp.asarray(s.theta[f"weight_ih_l{l}"].T)
            p[f"Wh{l}"] = jnp.asarray(s.theta[f"weight_hh_l{l}"].T)
            bias, recurrent = s.theta[f"bias_ih_l{l}"], s.theta[f"bias_hh_l{l}"]
            # Two biases only where they are not simply added.
            p[f"b{l}"] = jnp.asarray(bias if s.cell == "gru" else bias + recurrent)
            if s.cell == "gru":
                p[f"c{l}"] = jnp.asarray(recurrent)
        return p

    def unpack(g):
        arrays = []
        for name in s.names:
            l = name[-1]
            key = {
                "embedding.weight": "E",
                "output.weight": "W",
                "output.bias": "b",
                f"weight_ih_l{l}": f"Wx{l}",
                f"weight_hh_l{l}": f"Wh{l}",
                f"bias_ih_l{l}": f"b{l}",
                f"bias_hh_l{l}": f"c{l}" if s.cell == "gru" else f"b{l}",
            }[name]
            a = np.asarray(g[key])
            arrays.append((a if key == "E" else a.T).ravel())
        return np.concatenate(arrays)

    def cell(p, l, state, z, h):
        r = h @ p[f"Wh{l}"]
        if s.cell == "lstm":
            i, f, g, o = jnp.split(z + r, 4, -1)
            c = sigmoid(f) * state[1] + sigmoid(i) * jnp.tanh(g)
            return sigmoid(o) * jnp.tanh(c), c
        if s.cell == "gru":
            zr, zz, zn = jnp.split(z, 3, -1)
            hr, hz, hn = jnp.split(r + p[f"c{l}"], 3, -1)
            u = sigmoid(zz + hz)
            return ((1 - u) * jnp.tanh(zn + sigmoid(zr + hr) * hn) + u * h,)
        return (activation(z + r),)

    def run(p, states, xs):
        """All layers over the steps; the products with the inputs are one product."""
        h = p["E"][xs] if s.vocabulary else xs
        after = []
        for l in range(s.layers):

            def step(state, z, l=l):
                state = cell(p, l, state, z, state[0])
                return state, state[0]

            state, h = lax.scan(step, states[l], h @ p[f"Wx{l}"] + p[f"b{l}"])
            after.append(state)
        return after, h

    def loss(p, states, xs, ys):
        after, h = run(p, states, xs)
        y = h[-s.k1 :] @ p["W"] + p["b"]
        if s.vocabulary:
            picked = jnp.take_along_axis(jax.nn.log_softmax(y), ys[..., None], -1)
            return -jnp.mean(picked), after
        return jnp.mean((y - ys) ** 2), after

    slope = jax.grad(loss, has_aux=True)
    zero = jnp.zeros((s.lanes, s.hidden))
    states = [(zero, zero) if s.cell == "lstm" else (zero,) for _ in range(s.layers)]

    def adam(p, g, moments):
        m, v, t = moments
        t = t + 1
        m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
        v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
        rate = UPDATE_RATE / (1 - 0.9**t)
        scale = 1 / jnp.sqrt(1 - 0.999**t)
        p = jax.tree.map(lambda w, a, b: w - rate * a / (jnp.sqrt(b) * scale + 1e-8), p, m, v)
        return p, (m, v, t)

    def whole(update, chunks):
        """The whole pass, compiled: a scan over the updates, whose last gradient comes out."""

        @jax.jit
        def passing(p, moments, inputs, targets):
            def body(carry, end):
                p, moments, states, _ = carry
                xs = lax.dynamic_slice_in_dim(inputs, end - s.k2, s.k2)
                ys = lax.dynamic_slice_in_dim(targets, end - s.k1, s.k1)
                g, after = slope(p, states, xs, ys)
                states = after if chunks else run(p, states, xs[: s.k1])[0]
                if update:
                    p, moments = adam(p, g, moments)
                return (p, moments, states, g), None

            first = run(p, states, inputs[: s.fill - s.k2])[0] if s.fill > s.k2 else states
            ends = jnp.arange(s.fill, s.fill + s.updates * s.k1, s.k1)
            nothing = jax.tree.map(jnp.zeros_like, p)
            (p, moments, _, g), _ = lax.scan(body, (p, moments, first, nothing), ends)
            return p, moments, g

        return passing

    class Peer:
        def __init__(self, name, chunks):
            self.name = name
            self.chunks = chunks
            self.p = pack()
            still = jax.tree.map(jnp.zeros_like, self.p)
            self.moments = (still, still, jnp.zeros(()))
            self.passing = whole(s.adam, chunks)

        def seconds(self):
            start = time.perf_counter()
            result = jax.block_until_ready(self.passing(self.p, self.moments, inputs, targets))
            seconds = time.perf_counter() - start
            self.p, self.moments = result[0], result[1]
            return seconds

        def gradient(self):
            return unpack(whole(False, self.chunks)(pack(), self.moments, inputs, targets)[2])

    return [Peer("jax-chunks", True)] if s.k1 == s.k2 else [Peer("jax-recompute", False)]


def modules(s):
    """What PyTorch has of its own for the cell."""
    return torch_peers(s) if s.cell in ("lstm", "gru", "rnn-tanh", "rnn-relu") else []


def loop(s):
    import cells

    return cells.loops(s, False)


def compiled(s):
    import cells

    return cells.loops(s, True)


LIBRARIES = [("PyTorch", torch_peers), ("JAX", jax_peers)]
CELLS = [("PyTorch's own", modules), ("a loop in PyTorch", loop)]
SOURCES = {"libraries": LIBRARIES, "cells": CELLS, "compiled": CELLS + [("torch.compile", compiled)]}


def measure(peer, updates):
    passes, total = 0, 0.0
    while total < LONG_ENOUGH:
        total += peer.seconds()
        passes += 1
    return total / passes / updates * 1e6


def main():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever libraries print is no answer
    global now
    sample, peers = None, {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                sample, peers, notes = Sample(request["sample"], request["shape"]), {}, list(NOT_PINNED)
                files = []
                now = time.perf_counter if request["of"] == "libraries" else time.process_time
                for library, build in SOURCES[request["of"]]:
                    try:
                        for peer in build(sample):
                            file = os.path.join(request["folder"], peer.name)
                            np.ascontiguousarray(peer.gradient(), "<f4").tofile(file)
                            peers[peer.name] = peer
                            files.append([peer.name, file])
                    except ImportError as e:
                        notes.append(f"{library} is left out: {e}")
                    except Exception as e:
                        notes.append(f"{library} is left out: {type(e).__name__}: {str(e).splitlines()[0]}")
                answer = {"peers": files, "notes": notes}
            else:
                answer = {"micros": measure(peers[request["peer"]], sample.updates)}
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}".splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


main()
