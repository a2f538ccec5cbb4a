// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.model.ParameterLayout;
import dev.unspool.network.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The network of a sample in libtorch: the functions that {@code nn.LSTM} and its like call, with
 * the same weights. Made in a scope, which its own tensors outlive until it is closed; those that
 * its methods return belong to the caller's scope.
 */
final class LibtorchNetwork implements AutoCloseable {
  private final Sample sample;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final List<Tensor> kept = new ArrayList<>();
  private final TensorVector recurrent = new TensorVector();
  private final Tensor inputs;
  private final Tensor targets;
  private final Adam adam;

  LibtorchNetwork(Sample sample) {
    this.sample = sample;
    Shape shape = sample.shape();
    float[] theta = sample.theta().values();
    var all = new TensorVector();
    for (ParameterLayout.Slice slice : sample.theta().layout().slices()) {
      long[] extents = slice.shape().stream().mapToLong(Integer::longValue).toArray();
      Tensor parameter = keep(tensor(theta, slice.offset(), slice.size(), extents));
      parameter.requires_grad_(true);
      parameters.put(slice.name(), parameter);
      all.push_back(parameter);
      if (slice.name().matches("(weight|bias)_.*")) {
        recurrent.push_back(parameter);
      }
    }
    this.inputs = keep(data(shape, sample.inputs().values(), sample.inputs().steps()));
    this.targets = keep(data(shape, sample.targets().values(), sample.targets().steps()));
    this.adam = new Adam(all, new AdamOptions(Workload.RATE));
    adam.retainReference();
    recurrent.retainReference();
  }

  private static Tensor data(Shape shape, float[] values, int steps) {
    if (shape.vocabulary() == 0) {
      return tensor(values, 0, values.length, steps, shape.lanes(), shape.hidden());
    }
    return tensor(values, 0, values.length, steps, shape.lanes()).to(ScalarType.Long);
  }

  private static Tensor tensor(float[] values, int offset, int size, long... extents) {
    Tensor tensor = torch.empty(extents);
    tensor.data_ptr_float().put(values, offset, size);
    return tensor;
  }

  private Tensor keep(Tensor tensor) {
    tensor.retainReference();
    kept.add(tensor);
    return tensor;
  }

  Tensor parameter(String name) {
    Tensor parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(
          "no parameter '%s'; there are %s".formatted(name, parameters.keySet()));
    }
    return parameter;
  }

  /** Inputs of the steps {@code from} to {@code to}: features, or word indices. */
  Tensor inputs(int from, int to) {
    return inputs.narrow(0, from, to - from);
  }

  /** Zeros, one array for each of h and c. */
  List<Tensor> zeros(long... extents) {
    var state = new ArrayList<Tensor>();
    for (int i = 0; i < (sample.shape().cell().equals(Cell.LSTM) ? 2 : 1); i++) {
      state.add(torch.zeros(extents, new TensorOptions(ScalarType.Float)));
    }
    return state;
  }

  /**
   * All layers over some steps.
   *
   * @param state one array of layers × lanes × H for each of h and c; replaced by the last state
   * @return h of the last layer, steps × lanes × H
   */
  Tensor run(Tensor steps, List<Tensor> state) {
    Shape shape = sample.shape();
    Tensor x =
        shape.vocabulary() == 0 ? steps : torch.embedding(parameter("embedding.weight"), steps);
    int layers = shape.layers();
    if (state.size() == 2) {
      var before = new TensorVector(state.get(0), state.get(1));
      var after = torch.lstm(x, before, recurrent, true, layers, 0, true, false, false);
      state.set(0, after.get1());
      state.set(1, after.get2());
      return after.get0();
    }
    Tensor h = state.getFirst();
    var after =
        switch (shape.cell().label()) {
          case "gru" -> torch.gru(x, h, recurrent, true, layers, 0, true, false, false);
          case "rnn-relu" -> torch.rnn_relu(x, h, recurrent, true, layers, 0, true, false, false);
          default -> torch.rnn_tanh(x, h, recurrent, true, layers, 0, true, false, false);
        };
    state.set(0, after.get1());
    return after.get0();
  }

  /**
   * The loss of some steps.
   *
   * @param h of the last layer at the steps {@code from} to {@code to}
   */
  Tensor loss(Tensor h, int from, int to) {
    Tensor y =
        torch.linear(h, parameter("output.weight"), new TensorOptional(parameter("output.bias")));
    Tensor wanted = targets.narrow(0, from, to - from);
    if (sample.shape().vocabulary() == 0) {
      return torch.mse_loss(y, wanted.reshape(y.shape()));
    }
    return torch.cross_entropy_loss(y.reshape(-1, sample.shape().vocabulary()), wanted.reshape(-1));
  }

  void zeroGradients() {
    adam.zero_grad();
  }

  void update() {
    adam.step();
  }

  /** ∂loss/∂θ in the layout of the sample's θ. */
  float[] gradient() {
    var gradient = new float[sample.theta().values().length];
    for (ParameterLayout.Slice slice : sample.theta().layout().slices()) {
      Tensor part = parameter(slice.name()).grad().contiguous();
      part.data_ptr_float().get(gradient, slice.offset(), slice.size());
    }
    return gradient;
  }

  @Override
  public void close() {
    adam.close();
    recurrent.close();
    kept.forEach(Tensor::close);
  }
}
