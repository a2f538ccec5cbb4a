// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.PackedMatrix;
import dev.unspool.model.Snapshot;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters as a tape uses them: in every version that a step on the tape ran with. Versions
 * are small numbers that the tape hands out and uses again.
 */
final class ProgramWeights {
  private final CurrentWeights current;
  private @Nullable PackedWeights[] versions = new PackedWeights[1];

  ProgramWeights(CurrentWeights current) {
    this.current = current;
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
    int index = current.backward().indexOf(linear);
    if (index < 0) {
      throw new IllegalStateException("not packed: " + linear);
    }
    return index;
  }

  /** The matrix of that product, in that version. */
  PackedMatrix backward(int product, int version) {
    return at(version).matrices()[product];
  }

  /** Values that depend on parameters alone, in that version. */
  float[] shared(int version) {
    return at(version).shared();
  }

  private PackedWeights at(int version) {
    PackedWeights weights = versions[version];
    if (weights == null) {
      throw new IllegalStateException("version " + version + " of the weights was never packed");
    }
    return weights;
  }

  /** Takes the parameters as they are now as {@code version}. */
  void pack(int version) {
    leave(version);
    versions[version] = current.join();
  }

  /** The same where nobody has said whether θ has changed. */
  void packWhatIsThere(int version) {
    if (!current.isPacked()) {
      current.changed();
    }
    pack(version);
    current.settle(); // its steps have run, so that θ may change before any other does
  }

  /** Says that θ has changed. */
  void changed() {
    current.changed();
  }

  /** Makes room for another version of that number. */
  private void leave(int version) {
    if (version >= versions.length) {
      versions = Arrays.copyOf(versions, Math.max(version + 1, 2 * versions.length));
    }
    PackedWeights before = versions[version];
    if (before != null) {
      versions[version] = null;
      current.leave(before);
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

  void save(Snapshot snapshot, int version) {
    List<Linear> products = current.backward();
    for (int i = 0; i < products.size(); i++) {
      Matrix m = products.get(i).matrix();
      float[] weights = new float[m.rows() * m.columns()];
      backward(i, version).unpack(weights, 0);
      snapshot.put(name(products.get(i), version), weights);
    }
    snapshot.put("shared." + version, shared(version).clone());
  }

  private static String name(Linear linear, int version) {
    return linear.matrix().name() + (linear.transposed() ? "." : ".forward.") + version;
  }

  void load(Snapshot snapshot, int version) {
    leave(version);
    PackedWeights into = current.empty();
    versions[version] = into;
    List<Linear> products = current.backward();
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
    float[] values = snapshot.floats("shared." + version);
    if (values.length != into.shared().length) {
      throw new IllegalArgumentException(
          "'shared' holds %s values, expected %s; the checkpoint belongs to another model"
              .formatted(values.length, into.shared().length));
    }
    System.arraycopy(values, 0, into.shared(), 0, values.length);
  }
}
