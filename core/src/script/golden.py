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


def gates(count, recurrent=HIDDEN):
    return {
        "weight_ih": (count * HIDDEN, INPUTS),
        "weight_hh": (count * HIDDEN, recurrent),
        "bias_ih": (count * HIDDEN,),
        "bias_hh": (count * HIDDEN,),
    }


def ring(units):
    return {"nu_log": (units,), "theta_log": (units,)}


UNITS = 5
LRU = ring(UNITS) | {"gamma_log": (UNITS,), "B": (2 * UNITS, INPUTS), "C_re": (HIDDEN, UNITS), "C_im": (HIDDEN, UNITS)}
RTU = ring(HIDDEN) | {"weight_ih": (2 * HIDDEN, INPUTS)}

# Name of the cell: its step, its parameters, the state that a sequence begins with.
CELLS = {
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
