// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One step on the tape: a graph of its own, from the leaves it began with (entering state, input, a
 * version of θ) to the tensors it ended with. Closing it frees the graph; no other step hangs on
 * it.
 */
final class TapeStep {
  final long number;
  final Leaves leaves;

  /** θ as this step ran with it, also after its leaves have been overwritten. */
  final float[] theta;

  final boolean[] resets;
  final Tensor input;
  final Tensor[] entering;
  final Tensor output;
  final Tensor[] next;

  /** The output that the engine sees; null as long as nobody has asked. */
  private @Nullable Tensor readout;

  /** All tensors are kept ones (see {@link Leaves#keep}) and belong to this step from now on. */
  TapeStep(
      long number,
      Leaves leaves,
      float[] theta,
      boolean[] resets,
      Tensor input,
      Tensor[] entering,
      Tensor output,
      Tensor[] next) {
    this.number = number;
    this.leaves = leaves;
    this.theta = theta;
    this.resets = resets;
    this.input = input;
    this.entering = entering;
    this.output = output;
    this.next = next;
    leaves.retain();
  }

  @Nullable Tensor readout() {
    return readout;
  }

  void readout(Tensor tensor) {
    this.readout = tensor;
  }

  void close() {
    if (readout != null) {
      readout.close();
    }
    output.close();
    closeAll(next);
    closeAll(entering);
    input.close();
    leaves.release();
  }

  static void closeAll(Tensor[] tensors) {
    for (Tensor tensor : tensors) {
      tensor.close();
    }
  }
}
