#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs networks that Unspool has written as ONNX in ONNX Runtime, and compares outputs and states.

    python3 torch/src/script/agree_onnx.py [CLASS_PATH]

Every cell, one and two layers, numbers, classes and a tied embedding, 20 steps from a random state, in one piece and in
two with the state carried by hand. Prints the largest difference for each, and fails above 1e-5. Needs onnx, onnxruntime
and safetensors, and Maven for the class path. Not part of the build.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from safetensors.numpy import load_file

from agree import ROOT, class_path, java


def run(session, expected, pieces):
    state = {name: expected[name] for name in ("h", "c") if name in expected}
    x = expected["x"]
    if x.ndim == 2:
        x = x.astype(numpy.int64)
    names = ["y"] + [name + "_next" for name in state]
    outputs = []
    for piece in numpy.split(x, pieces):
        y, *following = session.run(names, {"x": piece} | state)
        outputs.append(y)
        state = dict(zip(state, following, strict=True))
    return {"y": numpy.concatenate(outputs)} | {name + "_next": value for name, value in state.items()}


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else class_path()
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        options = ["--enable-native-access=ALL-UNNAMED", "--add-modules", "jdk.incubator.vector"]
        program = str(ROOT / "torch/src/script/OnnxAgree.java")
        subprocess.run([java(), *options, "-cp", path, program, folder], check=True)
        for file in sorted(pathlib.Path(folder).glob("*.onnx")):
            onnx.checker.check_model(onnx.load(file), full_check=True)
            session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
            expected = load_file(file.with_suffix(".safetensors"))
            differences = [
                float(numpy.abs(found - expected[name]).max())
                for pieces in (1, 2)
                for name, found in run(session, expected, pieces).items()
            ]
            worst = max(worst, *differences)
            print(f"{file.stem}: largest difference {max(differences):.2e}")
    print(f"onnxruntime {onnxruntime.__version__}: largest of all {worst:.2e}")
    sys.exit(worst > 1e-5)


main()
