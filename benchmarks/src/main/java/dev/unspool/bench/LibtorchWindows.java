// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code nn.LSTM} over a whole window for every sweep. With k1 = k2 windows are chunks, and the
 * state at the end of one begins the next; with k1 &lt; k2 all steps of the window are computed
 * again, and k1 more to move its begin.
 */
final class LibtorchWindows extends LibtorchContender {
  LibtorchWindows(Sample sample) {
    super(
        sample.shape().k1() == sample.shape().k2() ? "libtorch-chunks" : "libtorch-recompute",
        sample);
  }

  @Override
  long pass(boolean update) {
    Shape shape = sample.shape();
    int k1 = shape.k1();
    int k2 = shape.k2();
    int steps = sample.inputs().steps();
    try (var _ = new PointerScope()) {
      List<Tensor> state = network.zeros(shape.layers(), shape.lanes(), shape.hidden());
      state.forEach(Tensor::retainReference);
      if (sample.fill() > k2) {
        advance(state, 0, sample.fill() - k2);
      }
      long start = System.nanoTime();
      for (int end = sample.fill(); end <= steps; end += k1) {
        sweep(state, end);
        if (update) {
          network.update();
        }
      }
      long nanos = System.nanoTime() - start;
      state.forEach(Tensor::releaseReference);
      return nanos;
    }
  }

  /** One window; leaves the state with which the next one begins. */
  private void sweep(List<Tensor> state, int end) {
    int k1 = sample.shape().k1();
    int k2 = sample.shape().k2();
    try (var _ = new PointerScope()) {
      var after = new ArrayList<>(state);
      Tensor h = network.run(network.inputs(end - k2, end), after);
      Tensor loss = network.loss(k1 == k2 ? h : h.narrow(0, k2 - k1, k1), end - k1, end);
      network.zeroGradients();
      loss.backward();
      if (k1 == k2) {
        replace(state, after);
      } else {
        advance(state, end - k2, end - k2 + k1);
      }
    }
  }

  private void advance(List<Tensor> state, int from, int to) {
    try (var _ = new PointerScope();
        var _ = new NoGradGuard()) {
      var after = new ArrayList<>(state);
      network.run(network.inputs(from, to), after);
      replace(state, after);
    }
  }

  /** Detached, the new ones outlive both the scope and the tuple that they came in. */
  private static void replace(List<Tensor> state, List<Tensor> by) {
    for (int i = 0; i < state.size(); i++) {
      Tensor detached = by.get(i).detach();
      detached.retainReference();
      state.get(i).releaseReference();
      state.set(i, detached);
    }
  }
}
