// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * dy_t/dθ of an LSTM with one output by libtorch's autograd: for every step, the function that
 * {@code nn.LSTM} calls over the window of k2 steps that end there, and one backward pass. In
 * float32 that is the fastest way that autograd has: oneDNN makes one node of a whole window.
 */
final class LibtorchJacobian implements JacobianPeer {
  private final ScalarType type;
  private final ParameterLayout layout;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final List<Tensor> kept = new ArrayList<>();
  private final TensorVector recurrent = new TensorVector();
  private final Tensor inputs;
  private final int steps;
  private final int hidden;
  private final int depth;
  private final Adam gradients;

  /** Takes θ and steps × 1 × inputs; copied. */
  LibtorchJacobian(ScalarType type, Parameters theta, Steps inputs, int hidden, int depth) {
    this.type = type;
    this.layout = theta.layout();
    this.steps = inputs.steps();
    this.hidden = hidden;
    this.depth = depth;
    var all = new TensorVector();
    for (ParameterLayout.Slice slice : layout.slices()) {
      long[] extents = slice.shape().stream().mapToLong(Integer::longValue).toArray();
      Tensor values = torch.empty(extents);
      values.data_ptr_float().put(theta.values(), slice.offset(), slice.size());
      Tensor parameter = keep(values.to(type));
      parameter.requires_grad_(true);
      parameters.put(slice.name(), parameter);
      all.push_back(parameter);
      if (slice.name().matches("(weight|bias)_.*")) {
        recurrent.push_back(parameter);
      }
    }
    Tensor values = torch.empty(steps, 1, inputs.features());
    values.data_ptr_float().put(inputs.values(), 0, steps * inputs.features());
    this.inputs = keep(values.to(type));
    this.gradients = new Adam(all, new AdamOptions(1));
  }

  private Tensor keep(Tensor tensor) {
    tensor.retainReference();
    kept.add(tensor);
    return tensor;
  }

  private Tensor parameter(String name) {
    Tensor parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(
          "no parameter '%s'; there are %s".formatted(name, parameters.keySet()));
    }
    return parameter;
  }

  @Override
  public String name() {
    String precision = type == ScalarType.Double ? "float64" : "float32";
    return "libtorch, " + precision + ", one call of lstm a window";
  }

  @Override
  public void differentiate(double[][] into) {
    try (var _ = new PointerScope()) {
      var h = new Tensor[steps];
      var c = new Tensor[steps];
      enteringStates(h, c);
      for (int t = 0; t < steps; t++) {
        int first = Math.max(0, t + 1 - depth);
        try (var _ = new PointerScope()) {
          gradients.zero_grad();
          var before = new TensorVector(h[first], c[first]);
          Tensor window = inputs.narrow(0, first, t + 1 - first);
          Tensor seen =
              torch.lstm(window, before, recurrent, true, 1, 0, true, false, false).get0();
          Tensor last = seen.narrow(0, t - first, 1);
          output(last).sum().backward();
          if (into.length > 0) {
            read(into[t]);
          }
        }
      }
    }
  }

  private Tensor output(Tensor h) {
    return torch.linear(
        h, parameter("output.weight"), new TensorOptional(parameter("output.bias")));
  }

  /** h and c with which each step runs. */
  private void enteringStates(Tensor[] h, Tensor[] c) {
    try (var _ = new NoGradGuard()) {
      h[0] = torch.zeros(1, 1, hidden).to(type);
      c[0] = torch.zeros(1, 1, hidden).to(type);
      for (int t = 1; t < steps; t++) {
        var before = new TensorVector(h[t - 1], c[t - 1]);
        Tensor x = inputs.narrow(0, t - 1, 1);
        var after = torch.lstm(x, before, recurrent, true, 1, 0, true, false, false);
        h[t] = after.get1();
        c[t] = after.get2();
      }
    }
  }

  private void read(double[] into) {
    for (ParameterLayout.Slice slice : layout.slices()) {
      Tensor part = parameter(slice.name()).grad().to(ScalarType.Double).contiguous();
      part.data_ptr_double().get(into, slice.offset(), slice.size());
    }
  }

  @Override
  public void close() {
    gradients.close();
    recurrent.close();
    kept.forEach(Tensor::close);
  }
}
