// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The forum's way: the graph of every step is kept, and swept from step to step. */
final class LibtorchRetained extends LibtorchContender {

  /** A step whose graph is kept: the state it ran with, a leaf, and the one it left. */
  private record Step(List<Tensor> before, List<Tensor> after) {
    void retain() {
      before.forEach(Tensor::retainReference);
      after.forEach(Tensor::retainReference);
    }

    void release() {
      before.forEach(Tensor::releaseReference);
      after.forEach(Tensor::releaseReference);
    }
  }

  private final Tensor inputWeight;
  private final Tensor recurrentWeight;
  private final TensorOptional inputBias;
  private final TensorOptional recurrentBias;

  LibtorchRetained(Sample sample) {
    super("libtorch-retained", sample);
    this.inputWeight = network.parameter("weight_ih_l0");
    this.recurrentWeight = network.parameter("weight_hh_l0");
    this.inputBias = new TensorOptional(network.parameter("bias_ih_l0"));
    this.recurrentBias = new TensorOptional(network.parameter("bias_hh_l0"));
  }

  @Override
  long pass(boolean update) {
    Shape shape = sample.shape();
    int steps = sample.inputs().steps();
    int first = sample.fill() - shape.k1();
    var window = new ArrayDeque<Step>();
    try (var _ = new PointerScope()) {
      List<Tensor> state = network.zeros(shape.lanes(), shape.hidden());
      for (int t = 0; t < first; t++) {
        state = step(t, state, window);
      }
      long start = System.nanoTime();
      for (int t = first; t < steps; t += shape.k1()) {
        for (int i = t; i < t + shape.k1(); i++) {
          state = step(i, state, window);
        }
        sweep(new ArrayList<>(window), t + shape.k1());
      }
      long nanos = System.nanoTime() - start;
      window.forEach(Step::release);
      return nanos;
    }
  }

  private List<Tensor> step(int t, List<Tensor> state, ArrayDeque<Step> window) {
    try (var _ = new PointerScope()) {
      var before = new ArrayList<Tensor>();
      state.forEach(array -> before.add(array.detach().requires_grad_(true)));
      var step = new Step(before, cell(network.inputs(t, t + 1).select(0, 0), before));
      step.retain();
      window.add(step);
      if (window.size() > sample.shape().k2()) {
        window.remove().release();
      }
      return step.after();
    }
  }

  private List<Tensor> cell(Tensor x, List<Tensor> s) {
    Tensor h = s.getFirst();
    return switch (sample.shape().cell().label()) {
      case "lstm" -> {
        var both = new TensorVector(h, s.get(1));
        var after =
            torch.lstm_cell(x, both, inputWeight, recurrentWeight, inputBias, recurrentBias);
        // The tuple does not live as long as what is in it.
        yield List.of(new Tensor(after.get0()), new Tensor(after.get1()));
      }
      case "gru" ->
          List.of(torch.gru_cell(x, h, inputWeight, recurrentWeight, inputBias, recurrentBias));
      case "rnn-tanh" ->
          List.of(
              torch.rnn_tanh_cell(x, h, inputWeight, recurrentWeight, inputBias, recurrentBias));
      default ->
          List.of(
              torch.rnn_relu_cell(x, h, inputWeight, recurrentWeight, inputBias, recurrentBias));
    };
  }

  /** Goes back from step to step; the losses are those of the last k1 steps before {@code end}. */
  private void sweep(List<Step> window, int end) {
    int k1 = sample.shape().k1();
    try (var _ = new PointerScope()) {
      network.zeroGradients();
      var upstream = new ArrayList<Tensor>();
      for (int back = 1; back <= window.size(); back++) {
        Step step = window.get(window.size() - back);
        var tensors = new TensorVector();
        var slopes = new TensorVector();
        if (back <= k1) {
          Tensor loss = network.loss(step.after().getFirst(), end - back, end - back + 1);
          tensors.push_back(loss);
          slopes.push_back(torch.full(new long[0], new Scalar(1f / k1)));
        }
        for (int i = 0; i < upstream.size(); i++) {
          tensors.push_back(step.after().get(i));
          slopes.push_back(upstream.get(i));
        }
        step.before().forEach(array -> array.mutable_grad().reset());
        torch.backward(tensors, slopes, new BoolOptional(true), false, new TensorVector());
        upstream.clear();
        step.before().forEach(array -> upstream.add(slope(array)));
      }
    }
  }

  private static Tensor slope(Tensor leaf) {
    Tensor slope = leaf.grad();
    return slope.defined() ? slope : torch.zeros_like(leaf);
  }
}
