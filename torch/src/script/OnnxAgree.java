// SPDX-License-Identifier: Apache-2.0
import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Our half of agree_onnx.py: writes networks as ONNX, and beside them what they compute. */
final class OnnxAgree {
  private static final int LANES = 3;
  private static final int STEPS = 20;
  private static final int CLASSES = 7;

  public static void main(String[] args) throws IOException {
    for (Cell cell : Cell.values()) {
      for (int layers = 1; layers <= 2; layers++) {
        for (Input input :
            List.of(
                new Input.Numeric(5), new Input.OneHot(CLASSES), new Input.Embedding(CLASSES, 8))) {
          var spec = NetworkSpec.of(cell, input, 8, CLASSES).withLayers(layers);
          if (input instanceof Input.Embedding) {
            spec = spec.withTiedOutput();
          } else if (input instanceof Input.Numeric) {
            spec = spec.withLearnedInitialState();
          }
          String kind = input.getClass().getSimpleName();
          write(Path.of(args[0], "%s-%s-%s".formatted(cell, layers, kind)), new Network(spec));
        }
      }
    }
  }

  private static void write(Path name, Network network) throws IOException {
    NetworkSpec spec = network.spec();
    var theta = network.initialise(new SplitMix64(1));
    OnnxExport.write(network, theta, Path.of(name + ".onnx"));
    var random = new Random(2);
    boolean numeric = spec.input() instanceof Input.Numeric;
    Steps x = Steps.allocate(STEPS, LANES, network.inputs());
    for (int i = 0; i < x.size(); i++) {
      x.values()[i] = numeric ? (float) random.nextGaussian() : random.nextInt(CLASSES);
    }
    State state = new State(network.state(), LANES);
    for (var array : network.state().arrays()) {
      float[] values = state.array(array.name());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
    }
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put(
        "x",
        numeric
            ? Tensor.of(x.values(), STEPS, LANES, network.inputs())
            : Tensor.of(x.values(), STEPS, LANES));
    put(spec, state, "", tensors);
    var options = TapeOptions.training(LANES, STEPS).withOutputWindow(STEPS);
    try (var tape = network.open(theta, options)) {
      tape.restore(state);
      tape.forward(x);
      float[] y = tape.outputs(STEPS).copy().values();
      tensors.put("y", Tensor.of(y, STEPS, LANES, network.outputs()));
      put(spec, tape.state(), "_next", tensors);
    }
    Safetensors.write(Path.of(name + ".safetensors"), tensors, Map.of());
  }

  private static void put(
      NetworkSpec spec, State state, String suffix, Map<String, Tensor> tensors) {
    int size = LANES * spec.hidden();
    for (String array : spec.cell().stateArrays()) {
      var all = new float[spec.layers() * size];
      for (int layer = 0; layer < spec.layers(); layer++) {
        float[] one = state.array("layer%s.%s".formatted(layer, array));
        System.arraycopy(one, 0, all, layer * size, size);
      }
      tensors.put(array + suffix, Tensor.of(all, spec.layers(), LANES, spec.hidden()));
    }
  }
}
