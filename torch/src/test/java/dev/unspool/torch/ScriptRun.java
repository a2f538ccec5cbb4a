// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Runs an exported network with libtorch's interpreter, beside the network itself. */
final class ScriptRun {
  private static final int STEPS = 5;
  private static final int LANES = 2;

  private ScriptRun() {}

  static void assertSameOutputs(Network network, Parameters theta, Path file) {
    var random = new Random(4);
    boolean numeric = network.spec().input() instanceof Input.Numeric;
    Steps x = Steps.allocate(STEPS, LANES, network.inputs());
    for (int i = 0; i < x.size(); i++) {
      x.values()[i] = numeric ? (float) random.nextGaussian() : random.nextInt(3);
    }
    State start = new State(network.state(), LANES);
    for (var array : network.state().arrays()) {
      for (int i = 0; i < start.array(array.name()).length; i++) {
        start.array(array.name())[i] = (float) random.nextGaussian();
      }
    }
    try (var tape =
            network.open(theta, TapeOptions.training(LANES, STEPS).withOutputWindow(STEPS));
        var _ = new PointerScope()) {
      tape.restore(start);
      tape.forward(x);
      var module = torch.load(file.toString());
      var arguments = new IValueVector();
      var host = new HostArrays(ScalarType.Float, new Device("cpu"));
      Tensor input = host.tensor(x.values(), 0, x.size(), STEPS, LANES, network.inputs());
      arguments.push_back(new IValue(numeric ? input : input.select(2, 0).to(ScalarType.Long)));
      for (String array : arrays(network)) {
        arguments.push_back(new IValue(stacked(network, start, array, host)));
      }
      var result = module.forward(arguments).toTuple().elements();
      float[] expected = tape.outputs(STEPS).copy().values();
      assertArrayEquals(expected, values(result.get(0).toTensor(), expected.length), 1e-6f);
      State end = tape.state();
      int position = 1;
      for (String array : arrays(network)) {
        Tensor all = result.get(position++).toTensor();
        for (int layer = 0; layer < network.spec().layers(); layer++) {
          float[] one = end.array("layer" + layer + "." + array);
          assertArrayEquals(one, values(all.select(0, layer), one.length), 1e-6f);
        }
      }
      if (network.spec().learnedInitialState()) {
        var lanes = new IValueVector();
        lanes.push_back(new IValue((long) LANES));
        module.get_method("initial").apply(lanes);
      }
    }
  }

  private static List<String> arrays(Network network) {
    return network.spec().cell().equals(Cell.LSTM) ? List.of("h", "c") : List.of("h");
  }

  private static Tensor stacked(Network network, State state, String array, HostArrays host) {
    int layers = network.spec().layers();
    int size = LANES * network.spec().hidden();
    var all = new float[layers * size];
    for (int layer = 0; layer < layers; layer++) {
      System.arraycopy(state.array("layer" + layer + "." + array), 0, all, layer * size, size);
    }
    return host.tensor(all, 0, all.length, layers, LANES, network.spec().hidden());
  }

  private static float[] values(Tensor tensor, int size) {
    var values = new float[size];
    HostArrays.read(tensor, values, 0);
    return values;
  }
}
