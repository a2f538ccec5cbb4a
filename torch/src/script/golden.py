#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the golden files of PyTorchWeightsTest: weights as Python stores them, and what Python computes with them.

    python3 torch/src/script/golden.py torch/src/test/resources/dev/unspool/torch

Needs torch and safetensors. Not part of the build.
"""
import sys

import torch
from safetensors.torch import save_file

LANES, STEPS, CLASSES, WIDTH, HIDDEN, LAYERS, OUTPUTS = 2, 4, 5, 3, 4, 2, 3


class Model(torch.nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.emb = torch.nn.Embedding(CLASSES, WIDTH)
        self.rnn = getattr(torch.nn, kind)(WIDTH, HIDDEN, num_layers=LAYERS, **options)
        self.fc = torch.nn.Linear(options.get("proj_size", HIDDEN), OUTPUTS)

    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0])


def main(folder):
    models = {kind.lower(): lambda kind=kind: Model(kind) for kind in ("LSTM", "GRU", "RNN")}
    models["lstm-projected"] = lambda: Model("LSTM", proj_size=2)
    for name, made in models.items():
        torch.manual_seed(1)
        model = made()
        x = torch.randint(CLASSES, (STEPS, LANES))
        weights = model.state_dict()
        golden = {"golden.x": x, "golden.y": model(x).detach()}
        save_file(weights | golden, f"{folder}/{name}.safetensors", {"format": "pt"})
        if name == "lstm":
            torch.save(dict(weights), f"{folder}/lstm.pt")
    kinds = ("float16", "bfloat16", "uint8", "int8", "int16", "int32", "int64", "bool")
    values = {k: torch.tensor([0.5, 1] if "float" in k else [0, 1], dtype=getattr(torch, k)) for k in kinds}
    torch.save(values, f"{folder}/types.pt")
    torch.save({"spectrum": torch.tensor([0.5 + 0.25j, 1.5 + 3j])}, f"{folder}/complex.pt")


main(sys.argv[1])
