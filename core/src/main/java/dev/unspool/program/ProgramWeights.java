// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.PackedMatrix;
import dev.unspool.model.Snapshot;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters as a tape uses them: in every version that a step on the tape ran with. Versions
 * are small numbers that the tape hands out and uses again. Of older ones, only what a sweep needs
 * of every step is kept; what it needs of steps whose outputs are read goes when no such step is
 * left.
 */
final class ProgramWeights {
  private final CurrentWeights current;

  /** Products of sweeps that are made at every step; others have greater numbers. */
  private final int ofSteps;

  private @Nullable PackedWeights[] versions = new PackedWeights[1];

  /** By version, the weights that only steps need whose outputs are read. */
  private @Nullable PackedWeights[] outputs = new PackedWeights[1];

  ProgramWeights(CurrentWeights current) {
    this.current = current;
    this.ofSteps = current.ofSteps().products().size();
  }

  /** Threads that may multiply with the same matrix at once. */
  int threads() {
    return current.threads();
  }

  /** Lets several threads multiply with the same matrix at once from now on. */
  void settle() {
    current.settle();
  }

  int offset(Matrix matrix) {
    return current.offset(matrix);
  }

  float[] theta() {
    return current.theta();
  }

  /** The matrix of a product of steps: as it was packed last. */
  PackedMatrix forward(Linear linear) {
    return current.forward(linear);
  }

  /** Number of a product among those of sweeps. */
  int backward(Linear linear) {
    int index = current.ofSteps().products().indexOf(linear);
    if (index >= 0) {
      return index;
    }
    index = current.ofOutputs().products().indexOf(linear);
    if (index < 0) {
      throw new IllegalStateException("not packed: " + linear);
    }
    return ofSteps + index;
  }

  /** The matrix of that product, in that version. */
  PackedMatrix backward(int product, int version) {
    return product < ofSteps
        ? at(versions, version).matrices()[product]
        : at(outputs, version).matrices()[product - ofSteps];
  }

  /** Values that depend on parameters alone, in that version. */
  float[] shared(int version) {
    return at(versions, version).shared();
  }

  private static PackedWeights at(@Nullable PackedWeights[] of, int version) {
    PackedWeights weights = of[version];
    if (weights == null) {
      throw new IllegalStateException("version " + version + " of the weights is not packed");
    }
    return weights;
  }

  /** Takes the parameters as they are now as {@code version}. */
  void pack(int version) {
    leave(version);
    current.pack();
    versions[version] = current.ofSteps().join();
    outputs[version] = current.ofOutputs().join();
  }

  /** The same where nobody has said whether θ has changed. */
  void packWhatIsThere(int version) {
    if (!current.isPacked()) {
      current.changed();
    }
    pack(version);
    current.settle(); // its steps have run, so that θ may change before any other does
  }

  /**
   * Gives back what only steps need whose outputs are read, of all versions but these.
   *
   * @param read by version
   */
  void keepOutputs(boolean[] read) {
    for (int version = 0; version < Math.min(outputs.length, read.length); version++) {
      if (!read[version]) {
        leave(outputs, version, current.ofOutputs());
      }
    }
  }

  /** Says that θ has changed. */
  void changed() {
    current.changed();
  }

  /** Makes room for another version of that number. */
  private void leave(int version) {
    if (version >= versions.length) {
      int length = Math.max(version + 1, 2 * versions.length);
      versions = Arrays.copyOf(versions, length);
      outputs = Arrays.copyOf(outputs, length);
    }
    leave(versions, version, current.ofSteps());
    leave(outputs, version, current.ofOutputs());
  }

  private static void leave(@Nullable PackedWeights[] of, int version, WeightPool pool) {
    PackedWeights before = of[version];
    if (before != null) {
      of[version] = null;
      pool.leave(before);
    }
  }

  /** Gives all versions back to those who go on. */
  void leave() {
    for (int version = 0; version < versions.length; version++) {
      leave(version);
    }
  }

  /** Values that depend on parameters alone, as θ is now; computed anew. */
  float[] today() {
    return current.today();
  }

  /**
   * Stores a version.
   *
   * @param read whether outputs of its steps are read
   */
  void save(Snapshot snapshot, int version, boolean read) {
    save(snapshot, version, current.ofSteps().products(), at(versions, version));
    if (read) {
      save(snapshot, version, current.ofOutputs().products(), at(outputs, version));
    }
    snapshot.put("shared." + version, shared(version).clone());
  }

  private static void save(
      Snapshot snapshot, int version, List<Linear> products, PackedWeights weights) {
    for (int i = 0; i < products.size(); i++) {
      Matrix m = products.get(i).matrix();
      float[] values = new float[m.rows() * m.columns()];
      weights.matrices()[i].unpack(values, 0);
      snapshot.put(name(products.get(i), version), values);
    }
  }

  private static String name(Linear linear, int version) {
    return linear.matrix().name() + (linear.transposed() ? "." : ".forward.") + version;
  }

  /** Goes on from what {@link #save} stored. */
  void load(Snapshot snapshot, int version, boolean read) {
    leave(version);
    PackedWeights into = load(snapshot, version, current.ofSteps());
    versions[version] = into;
    if (read) {
      outputs[version] = load(snapshot, version, current.ofOutputs());
    }
    float[] values = snapshot.floats("shared." + version);
    if (values.length != into.shared().length) {
      throw new IllegalArgumentException(
          "'shared' holds %s values, expected %s; the checkpoint belongs to another model"
              .formatted(values.length, into.shared().length));
    }
    System.arraycopy(values, 0, into.shared(), 0, values.length);
  }

  private static PackedWeights load(Snapshot snapshot, int version, WeightPool pool) {
    PackedWeights into = pool.empty();
    List<Linear> products = pool.products();
    for (int i = 0; i < products.size(); i++) {
      Matrix m = products.get(i).matrix();
      String name = name(products.get(i), version);
      float[] weights = snapshot.floats(name);
      if (weights.length != m.rows() * m.columns()) {
        throw new IllegalArgumentException(
            "'%s' holds %s weights, expected %s × %s"
                .formatted(name, weights.length, m.rows(), m.columns()));
      }
      into.matrices()[i].pack(weights, 0);
    }
    return into;
  }
}
