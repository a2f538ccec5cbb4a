// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Tensors by name, in a fixed order. The tensors belong to whoever made this. */
public final class NamedTensors {
  private final List<String> names;
  private final List<Tensor> tensors;

  NamedTensors(List<String> names, List<Tensor> tensors) {
    this.names = names;
    this.tensors = tensors;
  }

  /** All names. */
  public List<String> names() {
    return names;
  }

  /**
   * The tensor of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public Tensor get(String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("no tensor '%s', only %s".formatted(name, names));
    }
    return tensors.get(index);
  }

  /** The tensor at a position. */
  public Tensor get(int index) {
    return tensors.get(index);
  }

  /** Number of tensors. */
  public int size() {
    return tensors.size();
  }
}
