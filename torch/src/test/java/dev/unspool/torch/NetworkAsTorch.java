// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.ArrayList;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A built-in network written once more with libtorch: same parameters, same state, no dropout. */
final class NetworkAsTorch {
  private NetworkAsTorch() {}

  static TorchModel of(NetworkSpec spec, ScalarType type) {
    var network = new Network(spec);
    var builder =
        TorchModel.builder().dtype(type).inputs(network.inputs()).outputs(network.outputs());
    for (var slice : network.parameters().slices()) {
      if (!slice.name().startsWith("initial.")) {
        builder.parameter(
            slice.name(), slice.shape().stream().mapToInt(Integer::intValue).toArray());
      }
    }
    for (var array : network.state().arrays()) {
      if (spec.learnedInitialState()) {
        builder.learnedState(array.name(), array.size());
      } else {
        builder.state(array.name(), array.size());
      }
    }
    return builder
        .initialiser((theta, random) -> copyInitial(network, theta, random))
        .step((p, x, s) -> step(spec, p, x, s))
        .readout((p, h) -> readout(spec, p, h))
        .build();
  }

  private static void copyInitial(
      Network network,
      dev.unspool.model.Parameters theta,
      java.util.random.RandomGenerator random) {
    var values = network.initialise(random);
    theta.layout().slices().forEach(slice -> theta.set(slice.name(), values.get(slice.name())));
  }

  private static StepOutput step(NetworkSpec spec, NamedTensors p, Tensor x, NamedTensors state) {
    Tensor below = embed(spec.input(), p, x);
    var next = new ArrayList<Tensor>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      Tensor h = state.get("layer" + layer + ".h");
      Tensor input = linear(below, p.get("weight_ih_l" + layer), p.get("bias_ih_l" + layer));
      Tensor recurrent = linear(h, p.get("weight_hh_l" + layer), p.get("bias_hh_l" + layer));
      int n = spec.hidden();
      switch (spec.cell().label()) {
        case "rnn-tanh" -> next.add(input.add(recurrent).tanh());
        case "rnn-relu" -> next.add(input.add(recurrent).relu());
        case "gru" -> {
          Tensor r = gate(input, 0, n).add(gate(recurrent, 0, n)).sigmoid();
          Tensor z = gate(input, 1, n).add(gate(recurrent, 1, n)).sigmoid();
          Tensor c = gate(input, 2, n).add(r.mul(gate(recurrent, 2, n))).tanh();
          next.add(c.add(z.mul(h.sub(c))));
        }
        case "lstm" -> {
          Tensor all = input.add(recurrent);
          Tensor i = gate(all, 0, n).sigmoid();
          Tensor f = gate(all, 1, n).sigmoid();
          Tensor g = gate(all, 2, n).tanh();
          Tensor o = gate(all, 3, n).sigmoid();
          Tensor c = f.mul(state.get("layer" + layer + ".c")).add(i.mul(g));
          next.add(o.mul(c.tanh()));
          next.add(c);
        }
        default -> throw new IllegalArgumentException("no module for " + spec);
      }
      below = next.get(spec.cell().equals(Cell.LSTM) ? next.size() - 2 : next.size() - 1);
    }
    return new StepOutput(below, next);
  }

  private static Tensor gate(Tensor all, int gate, int hidden) {
    return all.narrow(1, (long) gate * hidden, hidden);
  }

  private static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return torch.linear(x, weight, new org.bytedeco.pytorch.TensorOptional(bias));
  }

  private static Tensor embed(Input input, NamedTensors p, Tensor x) {
    return switch (input) {
      case Input.Embedding e ->
          p.get("embedding.weight").index_select(0, x.reshape(-1).to(ScalarType.Long));
      case Input.OneHot(int classes) ->
          torch.one_hot(x.reshape(-1).to(ScalarType.Long), classes).to(x.scalar_type().intern());
      case Input.Numeric n -> x;
    };
  }

  private static Tensor readout(NetworkSpec spec, NamedTensors p, Tensor h) {
    if (spec.outputs() == 0) {
      return h;
    }
    return linear(
        h, p.get(spec.tied() ? "embedding.weight" : "output.weight"), p.get("output.bias"));
  }
}
