#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the golden file of GoldenCellsTest: each cell written down once more, in float64, from the paper that it is of.

    python3 core/src/script/golden.py core/src/test/resources/dev/unspool/cell/golden.safetensors

Needs torch and safetensors. Not part of the build. For each cell, under its name as `--cell` takes it: parameters, inputs
x (steps x lanes x inputs), outputs y, the state that the last step leaves, and the derivatives of sum(y * weight).
"""
import sys
from collections import ChainMap

import torch
from safetensors.torch import save_file

STEPS, LANES, INPUTS, HIDDEN = 7, 2, 3, 4
sigmoid, tanh, exp, linear = torch.sigmoid, torch.tanh, torch.exp, torch.nn.functional.linear


def zeros(*names, width=HIDDEN):
    return {name: torch.zeros(LANES, width, dtype=torch.float64) for name in names}


# Each function is a step: parameters p, input x, state s before it, its output and the state after it.


def mingru(p, x, s):
    z, n = linear(x, p["weight_ih"], p["bias_ih"]).chunk(2, 1)
    h = s["h"] + sigmoid(z) * (n - s["h"])
    return h, {"h": h}


def minlstm(p, x, s):
    f, i, g = linear(x, p["weight_ih"], p["bias_ih"]).chunk(3, 1)
    f, i = sigmoid(f), sigmoid(i)
    h = (f * s["h"] + i * g) / (f + i)
    return h, {"h": h}


def projections(p, x, h):
    return linear(x, p["weight_ih"], p["bias_ih"]) + linear(h, p["weight_hh"], p["bias_hh"])


def peephole_lstm(p, x, s):
    i, f, g, o = projections(p, x, s["h"]).chunk(4, 1)
    i = sigmoid(i + p["weight_ci"] * s["c"])
    f = sigmoid(f + p["weight_cf"] * s["c"])
    c = f * s["c"] + i * tanh(g)
    o = sigmoid(o + p["weight_co"] * c)
    h = o * tanh(c)
    return h, {"h": h, "c": c}


def norm(a, gain, groups=1):
    return torch.nn.functional.group_norm(a, groups) * gain


def layernorm_lstm(groups, cell):
    def step(p, x, s):
        a = norm(x @ p["weight_ih"].T, p["norm_ih"], groups) + norm(s["h"] @ p["weight_hh"].T, p["norm_hh"], groups)
        i, f, g, o = (a + p["bias"]).chunk(4, 1)
        c = sigmoid(f) * s["c"] + sigmoid(i) * tanh(g)
        seen = norm(c, p["norm_c"]) + p["bias_c"] if cell else c
        h = sigmoid(o) * tanh(seen)
        return h, {"h": h, "c": seen if cell == "state" else c}

    return step


def layernorm_gru(over):
    def normalised(a, gain):
        if over == "apart":
            return torch.cat([norm(a[:, : 2 * HIDDEN], 1), norm(a[:, 2 * HIDDEN :], 1)], 1) * gain
        return norm(a, gain, {"together": 1, "each": 3}[over])

    def step(p, x, s):
        a = normalised(x @ p["weight_ih"].T, p["norm_ih"]) + p["bias_ih"]
        b = normalised(s["h"] @ p["weight_hh"].T, p["norm_hh"]) + p["bias_hh"]
        (ar, az, an), (br, bz, bn) = a.chunk(3, 1), b.chunk(3, 1)
        z = sigmoid(az + bz)
        h = (1 - z) * tanh(an + sigmoid(ar + br) * bn) + z * s["h"]
        return h, {"h": h}

    return step


def slstm(heads, exponential, normalised):
    """Without a stabiliser, which cancels out; that of the state is what makes the sums at most 1."""

    def step(p, x, s):
        blocks = [p[f"weight_hh_head{k}"].chunk(4) for k in range(heads)]
        recurrent = torch.cat([torch.block_diag(*[block[gate] for block in blocks]) for gate in range(4)])
        i, f, g, o = (linear(x, p["weight_ih"], p["bias"]) + s["h"] @ recurrent.T).chunk(4, 1)
        keep = f if exponential else torch.nn.functional.logsigmoid(f)
        c, n = s["c"] * exp(s["m"]), s["n"] * exp(s["m"])
        c = exp(keep) * c + exp(i) * tanh(g)
        n = exp(keep) * n + exp(i)
        h = sigmoid(o) * c / n
        m = torch.maximum(keep + s["m"], i)
        return norm(h, p["norm"], heads) if normalised else h, {"h": h, "c": c / exp(m), "n": n / exp(m), "m": m}

    return step


def parts(h):
    return {"h_re": h.real, "h_im": h.imag}


def eigenvalues(p):
    return exp(torch.complex(-exp(p["nu_log"]), exp(p["theta_log"])))


def lru(p, x, s):
    b = torch.complex(*p["B"].chunk(2))
    c = torch.complex(p["C_re"], p["C_im"])
    h = eigenvalues(p) * torch.complex(s["h_re"], s["h_im"]) + exp(p["gamma_log"]) * (x.to(b.dtype) @ b.T)
    return (h @ c.T).real + x @ p["D"].T, parts(h)


def rtu(linear_form, f):
    def step(p, x, s):
        lam = eigenvalues(p)
        w = torch.complex(*p["weight_ih"].chunk(2))
        h = lam * torch.complex(s["h_re"], s["h_im"]) + torch.sqrt(1 - lam.abs() ** 2) * (x.to(w.dtype) @ w.T)
        y = torch.complex(f(h.real), f(h.imag))
        return torch.cat([y.real, y.imag], 1), parts(h if linear_form else y)

    return step


def zoneout(step, keep):
    """What is expected of a state, each unit of which keeps its old value with that probability."""

    def zoned(p, x, s):
        _, new = step(p, x, s)
        new = {key: keep * s[key] + (1 - keep) * value for key, value in new.items()}
        return new["h"], new

    return zoned


def lstm(p, x, s):
    i, f, g, o = projections(p, x, s["h"]).chunk(4, 1)
    c = sigmoid(f) * s["c"] + sigmoid(i) * tanh(g)
    h = sigmoid(o) * tanh(c)
    return h, {"h": h, "c": c}


def gates(count, recurrent=HIDDEN):
    return {
        "weight_ih": (count * HIDDEN, INPUTS),
        "weight_hh": (count * HIDDEN, recurrent),
        "bias_ih": (count * HIDDEN,),
        "bias_hh": (count * HIDDEN,),
    }


def projected_lstm(size):
    """PyTorch's own, one step of it at a time."""

    def step(p, x, s):
        lstm = torch.nn.LSTM(INPUTS, HIDDEN, proj_size=size).double()
        weights = {f"{key}_l0": value for key, value in p.items()}
        y, (h, c) = torch.func.functional_call(lstm, weights, (x[None], (s["h"][None], s["c"][None])))
        return y[0], {"h": h[0], "c": c[0]}

    return step


def layernorm(count):
    weights = {name: shape for name, shape in gates(count).items() if name.startswith("weight")}
    return weights | {"norm_ih": (count * HIDDEN,), "norm_hh": (count * HIDDEN,)}


def heads(count):
    units = HIDDEN // count
    blocks = {f"weight_hh_head{k}": (4 * units, units) for k in range(count)}
    return {"weight_ih": (4 * HIDDEN, INPUTS), "bias": (4 * HIDDEN,)} | blocks


def ring(units):
    return {"nu_log": (units,), "theta_log": (units,)}


UNITS = 5
PEEPHOLE = gates(4) | {f"weight_c{gate}": (HIDDEN,) for gate in "ifo"}
LN_LSTM = layernorm(4) | {"bias": (4 * HIDDEN,)}
NORM_C = {"norm_c": (HIDDEN,), "bias_c": (HIDDEN,)}
LN_GRU = layernorm(3) | {"bias_ih": (3 * HIDDEN,), "bias_hh": (3 * HIDDEN,)}
SLSTM = zeros("h", "c", "n") | {"m": torch.full((LANES, HIDDEN), -torch.inf, dtype=torch.float64)}
LRU = ring(UNITS) | {"gamma_log": (UNITS,), "B": (2 * UNITS, INPUTS), "C_re": (HIDDEN, UNITS), "C_im": (HIDDEN, UNITS)}
RTU = ring(HIDDEN) | {"weight_ih": (2 * HIDDEN, INPUTS)}

# Name of the cell: its step, its parameters, the state that a sequence begins with.
CELLS = {
    "lstm:zoneout=0.25": (zoneout(lstm, 0.25), gates(4), zeros("h", "c")),
    "peephole-lstm": (peephole_lstm, PEEPHOLE, zeros("h", "c")),
    "projected-lstm": (projected_lstm(2), gates(4, 2) | {"weight_hr": (2, HIDDEN)}, zeros("h", width=2) | zeros("c")),
    "layernorm-lstm": (layernorm_lstm(1, "output"), LN_LSTM | NORM_C, zeros("h", "c")),
    "layernorm-lstm:over=each:cell=state": (layernorm_lstm(4, "state"), LN_LSTM | NORM_C, zeros("h", "c")),
    "layernorm-lstm:cell=none": (layernorm_lstm(1, ""), LN_LSTM, zeros("h", "c")),
    "layernorm-gru": (layernorm_gru("apart"), LN_GRU, zeros("h")),
    "layernorm-gru:over=together": (layernorm_gru("together"), LN_GRU, zeros("h")),
    "layernorm-gru:over=each": (layernorm_gru("each"), LN_GRU, zeros("h")),
    "slstm": (slstm(1, False, True), heads(1) | {"norm": (HIDDEN,)}, SLSTM),
    "slstm:heads=2:forget=exponential:norm=none": (slstm(2, True, False), heads(2), SLSTM),
    "mingru": (mingru, {"weight_ih": (2 * HIDDEN, INPUTS), "bias_ih": (2 * HIDDEN,)}, zeros("h")),
    "minlstm": (minlstm, {"weight_ih": (3 * HIDDEN, INPUTS), "bias_ih": (3 * HIDDEN,)}, zeros("h")),
    "lru:units=5": (lru, LRU | {"D": (HIDDEN, INPUTS)}, zeros("h_re", "h_im", width=UNITS)),
    "rtu": (rtu(True, tanh), RTU, zeros("h_re", "h_im")),
    "rtu:form=nonlinear:activation=relu": (rtu(False, torch.relu), RTU, zeros("h_re", "h_im")),
}


def stored(tensor):
    return tensor.detach().to(torch.float32).contiguous()


def golden(name):
    step, shapes, s = CELLS[name]
    p = {key: stored(torch.randn(shape) * 0.6).double().requires_grad_() for key, shape in shapes.items()}
    x = stored(torch.randn(STEPS, LANES, INPUTS))
    outputs = []
    for t in range(STEPS):
        y, s = step(p, x[t].double(), s)
        outputs.append(y)
    y = torch.stack(outputs)
    weight = stored(torch.randn(y.shape))
    (y * weight).sum().backward()
    values = {"x": x, "y": y, "weight": weight}
    values |= {f"parameter.{key}": value for key, value in p.items()}
    values |= {f"derivative.{key}": value.grad for key, value in p.items()}
    values |= {f"state.{key}": value for key, value in s.items()}
    return {f"{name}/{key}": stored(value) for key, value in values.items()}


torch.manual_seed(1)
save_file(dict(ChainMap(*map(golden, CELLS))), sys.argv[1])
