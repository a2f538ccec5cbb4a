// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Parameters;
import dev.unspool.network.Network;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
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
 * Writes a trained model as TorchScript, which Python ({@code torch.jit.load}), C++ and mobile
 * runtimes load without any of our code.
 *
 * <p>The module's {@code forward} takes x (steps × lanes × inputs, or steps × lanes of int64 for
 * indices) and the state, and returns the outputs (steps × lanes × outputs) and the new state. What
 * every layer carries in the same width is one array in PyTorch's shape, layers × lanes × H: h, and
 * c for LSTM layers; any other array of the state is lanes × width, in the order of the model.
 * Where the initial state is not zeros, the method {@code initial(lanes)} gives all of it. Dropout
 * is left out; what depends on parameters alone is a constant.
 */
public final class TorchScriptExport {
  private TorchScriptExport() {}

  /** Writes a file, as {@link #write(StepProgram, Parameters, Path)} does. */
  public static void write(Network network, Parameters theta, Path file) throws IOException {
    write(network.program(), theta, file);
  }

  /**
   * Writes a file.
   *
   * @param theta of {@code model}; not modified
   * @throws IllegalArgumentException if the parameters are those of another model
   * @throws IOException if the file cannot be written
   */
  public static void write(StepProgram model, Parameters theta, Path file) throws IOException {
    model.requireLayout(theta);
    var script = new Script(model, theta);
    LibTorch.load();
    try (var _ = new PointerScope()) {
      var module = new JitModule(new QualifiedName("__torch__.Unspool"));
      var arrays = new HostArrays(ScalarType.Float, new Device("cpu"));
      script
          .constants()
          .forEach(
              (name, constant) -> {
                float[] values = constant.values();
                Tensor tensor = arrays.tensor(values, 0, values.length, constant.shape());
                if (constant.trained()) {
                  module.register_parameter(name, tensor, false);
                } else {
                  module.register_buffer(name, tensor);
                }
              });
      var type = module.type();
      module
          ._ivalue()
          .compilation_unit()
          .define(
              new QualifiedNameOptional(type.name().get()),
              script.source(),
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
}
