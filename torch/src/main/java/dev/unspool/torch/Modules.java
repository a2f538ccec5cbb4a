// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static dev.unspool.torch.Leaves.keep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The existing modules that a model's step calls, in the order in which they were named. They
 * outlive the scope that they were made in.
 */
final class Modules {
  private final List<Module> modules;
  private final Map<String, Tensor> parameters;
  private final List<Buffer> buffers;

  private record Buffer(String name, Tensor values) {}

  private Modules(List<Module> modules, Map<String, Tensor> parameters, List<Buffer> buffers) {
    this.modules = modules;
    this.parameters = parameters;
    this.buffers = buffers;
  }

  /** None yet. */
  Modules() {
    this(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
  }

  /** The same, to which nothing is added any more. */
  Modules copy() {
    return new Modules(List.copyOf(modules), Map.copyOf(parameters), List.copyOf(buffers));
  }

  /**
   * Adds a module.
   *
   * @param found gets the name of each of its parameters that requires a gradient, and the
   *     parameter; one that a module has under several names, or that an earlier one has too, is
   *     one parameter under its first name
   */
  void add(Module module, BiConsumer<String, Tensor> found) {
    each(
        module.named_parameters(),
        (name, parameter) -> {
          if (parameter.requires_grad() && !isKnown(parameter)) {
            found.accept(name, parameter);
            parameters.put(name, keep(parameter));
          }
        });
    each(
        module.named_buffers(),
        (name, buffer) -> {
          // One that was made in inference mode has no version, and can be written to there alone.
          if (!buffer.is_inference()) {
            buffers.add(new Buffer(name, keep(buffer)));
          }
        });
    module.retainReference();
    modules.add(module);
  }

  private boolean isKnown(Tensor parameter) {
    return parameters.values().stream().anyMatch(parameter::is_same);
  }

  private static void each(StringTensorDict named, BiConsumer<String, Tensor> use) {
    var names = named.keys();
    for (long i = 0; i < names.size(); i++) {
      String name = names.get(i).getString();
      use.accept(name, named.get(name));
    }
  }

  /** All parameters that require gradients. */
  Map<String, Tensor> parameters() {
    return parameters;
  }

  /** How often each buffer has been written to: what {@link #changed} compares with. */
  long[] versions() {
    return buffers.stream().mapToLong(buffer -> buffer.values._version()).toArray();
  }

  /** The name of a buffer that has been written to since; null if none has. */
  @Nullable String changed(long[] before) {
    for (int i = 0; i < before.length; i++) {
      Buffer buffer = buffers.get(i);
      if (buffer.values._version() != before[i]) {
        return buffer.name;
      }
    }
    return null;
  }

  /** Switches between training and inference. */
  void train(boolean training) {
    for (Module module : modules) {
      if (module.is_training() != training) {
        module.train(training);
      }
    }
  }
}
