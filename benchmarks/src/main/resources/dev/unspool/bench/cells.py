# SPDX-License-Identifier: Apache-2.0
"""The built-in cells as they are written in PyTorch, one step at a time, for peers.py: what a user has where PyTorch has
no such module. A step takes the cell's parameters p, the input x and the state; it gives the output and the next state.
"""
import time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import group_norm, linear, logsigmoid


def projections(p, x, h):
    return linear(x, p["weight_ih"], p["bias_ih"]) + linear(h, p["weight_hh"], p["bias_hh"])


def rnn(activation):
    def step(p, x, h):
        h = activation(projections(p, x, h))
        return h, (h,)

    return step


def gru_gates(a, b, h):
    (ar, az, an), (br, bz, bn) = a.chunk(3, 1), b.chunk(3, 1)
    n = torch.tanh(an + torch.sigmoid(ar + br) * bn)
    h = n + torch.sigmoid(az + bz) * (h - n)
    return h, (h,)


def gru(p, x, h):
    return gru_gates(linear(x, p["weight_ih"], p["bias_ih"]), linear(h, p["weight_hh"], p["bias_hh"]), h)


def memory(z, c):
    """The next cell of an LSTM, and its output gate."""
    i, f, g, o = z.chunk(4, 1)
    return torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g), torch.sigmoid(o)


def lstm(p, x, h, c):
    c, o = memory(projections(p, x, h), c)
    h = o * torch.tanh(c)
    return h, (h, c)


def peephole_lstm(p, x, h, c):
    i, f, g, o = projections(p, x, h).chunk(4, 1)
    kept = torch.sigmoid(f + p["weight_cf"] * c) * c
    c = kept + torch.sigmoid(i + p["weight_ci"] * c) * torch.tanh(g)
    h = torch.sigmoid(o + p["weight_co"] * c) * torch.tanh(c)
    return h, (h, c)


def projected_lstm(p, x, h, c):
    c, o = memory(projections(p, x, h), c)
    h = linear(o * torch.tanh(c), p["weight_hr"])
    return h, (h, c)


def norm(a, gain):
    return group_norm(a, 1, gain)


def layernorm_lstm(p, x, h, c):
    a = norm(linear(x, p["weight_ih"]), p["norm_ih"]) + norm(linear(h, p["weight_hh"]), p["norm_hh"])
    c, o = memory(a + p["bias"], c)
    h = o * torch.tanh(group_norm(c, 1, p["norm_c"], p["bias_c"]))
    return h, (h, c)


def layernorm_gru(p, x, h):
    def gates(a, gain, bias):
        n = a.shape[1] // 3
        return torch.cat([norm(a[:, : 2 * n], gain[: 2 * n]), norm(a[:, 2 * n :], gain[2 * n :])], 1) + bias

    a = gates(linear(x, p["weight_ih"]), p["norm_ih"], p["bias_ih"])
    b = gates(linear(h, p["weight_hh"]), p["norm_hh"], p["bias_hh"])
    return gru_gates(a, b, h)


def slstm(p, x, h, c, n, m):
    i, f, g, o = (linear(x, p["weight_ih"], p["bias"]) + linear(h, p["weight_hh_head0"])).chunk(4, 1)
    kept = logsigmoid(f) + m
    m = torch.maximum(kept, i)
    keep, let = torch.exp(kept - m), torch.exp(i - m)
    c = keep * c + let * torch.tanh(g)
    n = keep * n + let
    h = torch.sigmoid(o) * c / n
    return norm(h, p["norm"]), (h, c, n, m)


def mingru(p, x, h):
    z, n = linear(x, p["weight_ih"], p["bias_ih"]).chunk(2, 1)
    h = h + torch.sigmoid(z) * (n - h)
    return h, (h,)


def minlstm(p, x, h):
    f, i, g = linear(x, p["weight_ih"], p["bias_ih"]).chunk(3, 1)
    f, i = torch.sigmoid(f), torch.sigmoid(i)
    h = (f * h + i * g) / (f + i)
    return h, (h,)


def eigenvalues(p):
    """What is the same at every step of a window; real numbers, which torch.compile is made for."""
    modulus, angle = torch.exp(-torch.exp(p["nu_log"])), torch.exp(p["theta_log"])
    return {"re": modulus * torch.cos(angle), "im": modulus * torch.sin(angle), "scale": torch.sqrt(1 - modulus**2)}


def rotated(p, re, im):
    return p["re"] * re - p["im"] * im, p["re"] * im + p["im"] * re


def lru(p, x, re, im):
    b_re, b_im = (torch.exp(p["gamma_log"]).repeat(2) * linear(x, p["B"])).chunk(2, 1)
    re, im = rotated(p, re, im)
    re, im = re + b_re, im + b_im
    return linear(re, p["C_re"]) - linear(im, p["C_im"]) + linear(x, p["D"]), (re, im)


def rtu(p, x, re, im):
    w_re, w_im = linear(x, p["weight_ih"]).chunk(2, 1)
    re, im = rotated(p, re, im)
    re, im = re + p["scale"] * w_re, im + p["scale"] * w_im
    return torch.tanh(torch.cat([re, im], 1)), (re, im)


def recurrent(count):
    """So many states of H units."""
    return lambda p, hidden: [(hidden, 0.0)] * count


# Its step, its states (width, value to begin with), and what is computed once a window.
CELLS = {
    "rnn-tanh": (rnn(torch.tanh), recurrent(1), None),
    "rnn-relu": (rnn(torch.relu), recurrent(1), None),
    "gru": (gru, recurrent(1), None),
    "lstm": (lstm, recurrent(2), None),
    "peephole-lstm": (peephole_lstm, recurrent(2), None),
    "projected-lstm": (projected_lstm, lambda p, hidden: [(p["weight_hr"].shape[0], 0.0), (hidden, 0.0)], None),
    "layernorm-lstm": (layernorm_lstm, recurrent(2), None),
    "layernorm-gru": (layernorm_gru, recurrent(1), None),
    "slstm": (slstm, lambda p, hidden: [(hidden, 0.0)] * 3 + [(hidden, -1e30)], None),
    "mingru": (mingru, recurrent(1), None),
    "minlstm": (minlstm, recurrent(1), None),
    "lru": (lru, lambda p, hidden: [(p["nu_log"].shape[0], 0.0)] * 2, eigenvalues),
    "rtu": (rtu, recurrent(2), eigenvalues),
}


class Loop:
    """A cell in a loop over the k1 = k2 steps of a window, the state detached between windows."""

    def __init__(self, sample, compiled):
        self.s = sample
        self.name = "torch-compile" if compiled else "torch-loop"
        self.step, self.states, self.constants = CELLS[sample.cell]
        if compiled:
            self.step = torch.compile(self.step, fullgraph=True, dynamic=False)
        self.theta = {name: nn.Parameter(torch.from_numpy(value.copy())) for name, value in sample.theta.items()}
        self.cell = {name[: -len("_l0")]: value for name, value in self.theta.items() if name.endswith("_l0")}
        self.inputs, self.targets = torch.from_numpy(sample.inputs), torch.from_numpy(sample.targets)

    def window(self, x, y, state):
        p = {**self.cell, **self.constants(self.cell)} if self.constants else self.cell
        outputs = []
        for t in range(len(x)):
            h, state = self.step(p, x[t], *state)
            outputs.append(h)
        y_hat = linear(torch.stack(outputs), self.theta["output.weight"], self.theta["output.bias"])
        nn.functional.mse_loss(y_hat, y).backward()
        return state

    def seconds(self):
        start = time.process_time()
        widths = self.states(self.cell, self.s.hidden)
        state = [torch.full((self.s.lanes, width), value) for width, value in widths]
        for t in range(0, len(self.inputs), self.s.k1):
            for value in self.theta.values():
                value.grad = None
            # Asked for a derivative also where none is needed: else the first step of a window is compiled apart.
            state = [a.detach().requires_grad_() for a in state]
            state = self.window(self.inputs[t : t + self.s.k1], self.targets[t : t + self.s.k1], state)
        return time.process_time() - start

    def gradient(self):
        self.seconds()
        return np.concatenate([self.theta[name].grad.numpy().ravel() for name in self.s.names])


def loops(sample, compiled):
    if sample.cell not in CELLS:
        raise NotImplementedError(f"cells.py has no {sample.cell}")
    if sample.k1 != sample.k2 or sample.layers > 1 or sample.vocabulary or sample.adam:
        raise NotImplementedError("a loop is for one layer, k1 = k2, numbers and gradients alone")
    return [Loop(sample, compiled)]
