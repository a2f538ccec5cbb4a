#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the same small LSTM from the same weights on the same data for 100 updates in PyTorch and in Unspool.

    python3 torch/src/script/agree.py

once with k1 = k2, where PyTorch does what everybody writes, and twice with k1 < k2, where PyTorch runs the whole window
again under the current weights before each update and Unspool uses WeightPolicy.REPLAY. Prints the largest difference
between the losses, and fails above 1e-4. Needs torch and safetensors, and Maven for the class path. Not part of the
build.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import save_file

LANES, UPDATES = 3, 100
ROOT = pathlib.Path(__file__).resolve().parents[3]


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(2, 8)
        self.fc = torch.nn.Linear(8, 1)


def losses(model, x, t, k1, k2):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    state = (torch.zeros(1, LANES, 8), torch.zeros(1, LANES, 8))
    held = x[:0]
    result = []
    for update in range(UPDATES):
        new = slice(update * k1, update * k1 + k1)
        if k1 < k2:
            window = torch.cat([held, x[new]])
            fallen = max(0, len(window) - k2)
            if fallen:
                with torch.no_grad():
                    state = model.lstm(window[:fallen], state)[1]
            held = window[fallen:]
            y = model.lstm(held, state)[0][-k1:]
        else:
            y, state = model.lstm(x[new], tuple(s.detach() for s in state))
        loss = torch.nn.functional.mse_loss(model.fc(y), t[new])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


def java():
    homes = [os.environ.get("JAVA_HOME", "")] + sorted(map(str, pathlib.Path("/usr/lib/jvm").glob("*25*")))
    for home in homes:
        if home and os.access(f"{home}/bin/java", os.X_OK):
            return f"{home}/bin/java"
    return shutil.which("java")


def class_path():
    command = "mvn -q -Dquick -Dmaven.test.skip compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt -pl core,torch"
    subprocess.run(command.split(), cwd=ROOT, check=True)
    libraries = (ROOT / "torch/target/classpath.txt").read_text().strip()
    return os.pathsep.join([f"{ROOT}/torch/target/quick-classes", f"{ROOT}/core/target/quick-classes", libraries])


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else class_path()
    worst = 0
    for k1, k2 in ((5, 5), (1, 6), (2, 7)):
        torch.manual_seed(1)
        model = Model()
        x = torch.randn(UPDATES * k1, LANES, 2)
        t = x.sum(2, keepdim=True).roll(1, 0) / 2
        with tempfile.TemporaryDirectory() as folder:
            start = f"{folder}/start.safetensors"
            weights = {name: value.clone() for name, value in model.state_dict().items()}
            save_file(weights | {"data.x": x, "data.t": t}, start)
            command = [java(), "--enable-native-access=ALL-UNNAMED", "--add-modules", "jdk.incubator.vector", "-cp", path]
            program = str(ROOT / "torch/src/script/Agree.java")
            output = subprocess.run(command + [program, start, str(k1), str(k2)], check=True, stdout=subprocess.PIPE, text=True)
        expected = losses(model, x, t, k1, k2)
        for name, line in zip(("built-in network", "libtorch cell"), output.stdout.strip().splitlines()):
            found = [float(number) for number in line.split()]
            difference = max(abs(a - b) for a, b in zip(expected, found, strict=True))
            worst = max(worst, difference)
            print(f"k1 = {k1}, k2 = {k2}, {name}: loss {expected[0]:.6f} to {expected[-1]:.6f}, "
                  f"largest difference {difference:.2e}")
    sys.exit(worst > 1e-4)


if __name__ == "__main__":
    main()
