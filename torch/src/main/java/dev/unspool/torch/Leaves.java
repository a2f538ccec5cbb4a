// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * One version of θ as tensors: the leaves of the graphs of all steps that ran with it. Freed when
 * the last of those steps has fallen off the tape.
 *
 * <p>Where parameters belong to a module there is only one set of leaves, the module's own; {@link
 * #enter} then lets them point to this version's values. A graph refers to its leaves, not to
 * copies of them, so a version must be entered before its steps run and before they are
 * differentiated.
 */
final class Leaves {
  private final TorchModel model;
  private final HostArrays arrays;
  private final Tensor flat;
  private final Tensor[] values;
  private final Tensor[] leaves;
  private final boolean[] isBound;
  private final NamedTensors named;
  private int users;

  Leaves(TorchModel model, float[] theta) {
    this.model = model;
    this.arrays = new HostArrays(model.type(), model.device());
    List<ParameterLayout.Slice> slices = model.parameters().slices();
    this.values = new Tensor[slices.size()];
    this.leaves = new Tensor[slices.size()];
    this.isBound = new boolean[slices.size()];
    var names = new ArrayList<String>();
    try (var _ = new PointerScope()) {
      this.flat = keep(arrays.tensor(theta, 0, theta.length, theta.length));
      for (int i = 0; i < values.length; i++) {
        var slice = slices.get(i);
        names.add(slice.name());
        long[] shape = slice.shape().stream().mapToLong(Integer::longValue).toArray();
        values[i] = keep(flat.narrow(0, slice.offset(), slice.size()).view(shape).detach());
        Tensor own = model.bound(slice.name());
        isBound[i] = own != null;
        if (own == null) {
          values[i].set_requires_grad(true);
        }
        leaves[i] = own == null ? values[i] : own;
      }
    }
    this.named = new NamedTensors(names, List.of(leaves));
  }

  /** Lets a tensor outlive the scope it was made in; whoever keeps it closes it. */
  static Tensor keep(Tensor tensor) {
    var kept = new Tensor(tensor);
    kept.retainReference();
    return kept;
  }

  int size() {
    return leaves.length;
  }

  Tensor get(int index) {
    return leaves[index];
  }

  /** The values of a parameter, not part of any graph. */
  Tensor value(String name) {
    return values[named.names().indexOf(name)].detach();
  }

  NamedTensors named() {
    return named;
  }

  /** Makes this the version that the parameters of modules hold. */
  void enter(boolean training) {
    model.modules().train(training);
    for (int i = 0; i < leaves.length; i++) {
      if (isBound[i]) {
        leaves[i].set_data(values[i]);
      }
    }
  }

  /**
   * Writes other values into the very memory that open graphs refer to, behind autograd's back. A
   * sweep then uses old activations and new weights, wherever an operation has remembered the
   * weights themselves (a matrix product does) and not something computed from them.
   */
  void overwrite(float[] theta) {
    try (var _ = new PointerScope()) {
      flat.variable_data().copy_(arrays.tensor(theta, 0, theta.length, theta.length));
    }
  }

  void retain() {
    users++;
  }

  void release() {
    if (--users == 0) {
      for (Tensor value : values) {
        value.close();
      }
      flat.close();
    }
  }
}
