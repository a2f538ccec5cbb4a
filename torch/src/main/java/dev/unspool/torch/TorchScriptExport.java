// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Parameters;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.QualifiedNameOptional;
import org.bytedeco.pytorch.SimpleSelf;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Writes a trained built-in network as TorchScript, which Python ({@code torch.jit.load}), C++ and
 * mobile runtimes load without any of our code.
 *
 * <p>The module's {@code forward} takes x (steps × lanes × inputs, or steps × lanes of int64 for
 * indices) and the state in PyTorch's shape, h (and c for an LSTM) of layers × lanes × H, and
 * returns the outputs (steps × lanes × outputs) and the new state. Where the initial state is
 * learned, the method {@code initial(lanes)} gives it.
 */
public final class TorchScriptExport {
  private TorchScriptExport() {}

  /**
   * Writes a file.
   *
   * @param theta of {@code network}; not modified
   * @throws IOException if the file cannot be written
   */
  public static void write(Network network, Parameters theta, Path file) throws IOException {
    if (!theta.layout().equals(network.parameters())) {
      throw new IllegalArgumentException(
          "the parameters have %s values, the network (%s) %s in another layout"
              .formatted(theta.layout().size(), network, network.parameters().size()));
    }
    NetworkSpec spec = network.spec();
    if (!spec.isPlain() || !Cell.labels().contains(spec.cell().label())) {
      throw new IllegalArgumentException(
          "TorchScript is written of plain networks of built-in cells, found %s; ONNX of others"
              .formatted(spec));
    }
    LibTorch.load();
    try (var _ = new PointerScope()) {
      var module = new JitModule(new QualifiedName("__torch__.Unspool"));
      var arrays = new HostArrays(ScalarType.Float, new Device("cpu"));
      for (var slice : network.parameters().slices()) {
        long[] shape = slice.shape().stream().mapToLong(Integer::longValue).toArray();
        Tensor value = arrays.tensor(theta.values(), slice.offset(), slice.size(), shape);
        module.register_parameter(attribute(slice.name()), value, false);
      }
      var type = module.type();
      module
          ._ivalue()
          .compilation_unit()
          .define(
              new QualifiedNameOptional(type.name().get()),
              source(spec),
              torch.nativeResolver(),
              new SimpleSelf(type));
      module.eval();
      save(module, file);
    }
  }

  private static void save(JitModule module, Path file) throws IOException {
    try {
      module.save(file.toString());
    } catch (RuntimeException e) {
      throw new IOException(
          "%s could not be written; does its folder exist, and is there space?".formatted(file), e);
    }
  }

  private static String attribute(String name) {
    return name.replace('.', '_');
  }

  /** The program, in TorchScript's Python. */
  static String source(NetworkSpec spec) {
    boolean lstm = lstm(spec);
    String state = lstm ? "h, c" : "h";
    var weights = new ArrayList<String>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (String name : new String[] {"weight_ih_l", "weight_hh_l", "bias_ih_l", "bias_hh_l"}) {
        weights.add("self." + name + layer);
      }
    }
    String below =
        switch (spec.input()) {
          case Input.Numeric _ -> "x";
          case Input.OneHot(int classes) ->
              "torch.one_hot(x, %s).to(self.weight_ih_l0)".formatted(classes);
          case Input.Embedding _ -> "torch.embedding(self.embedding_weight, x)";
        };
    String operator = spec.cell().label().replace('-', '_');
    String table = spec.tied() ? "self.embedding_weight" : "self.output_weight";
    String outputs =
        spec.outputs() == 0
            ? "r[0]"
            : "torch.matmul(r[0], %s.t()) + self.output_bias".formatted(table);
    String program =
        """
        def forward(self, x, %s):
            r = torch.%s(%s, %s, [%s], True, %s, 0.0, False, False, False)
            return %s, %s
        """
            .formatted(
                state,
                operator,
                below,
                lstm ? "[h, c]" : "h",
                String.join(", ", weights),
                spec.layers(),
                outputs,
                lstm ? "r[1], r[2]" : "r[1]");
    return spec.learnedInitialState() ? program + initial(spec) : program;
  }

  private static boolean lstm(NetworkSpec spec) {
    return spec.cell().equals(Cell.LSTM);
  }

  private static String initial(NetworkSpec spec) {
    var results = new ArrayList<String>();
    for (String array : lstm(spec) ? List.of("h", "c") : List.of("h")) {
      var rows = new ArrayList<String>();
      for (int layer = 0; layer < spec.layers(); layer++) {
        rows.add("self.initial_layer%s_%s".formatted(layer, array));
      }
      results.add(
          "torch.stack([%s]).unsqueeze(1).expand(%s, lanes, %s).contiguous()"
              .formatted(String.join(", ", rows), spec.layers(), spec.hidden()));
    }
    return """
    def initial(self, lanes: int):
        return %s
    """
        .formatted(String.join(", ", results));
  }
}
