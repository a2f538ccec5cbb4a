// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.kernel.PackedMatrix.Direction;
import dev.unspool.model.Snapshot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One weight matrix, prepared for products in one direction, in every version that a step on the
 * tape ran with. Versions are small numbers that the tape hands out and uses again.
 */
final class VersionedMatrix {
  private final Kernels kernels;
  private final int outputs;
  private final int inputs;
  private final int offset;
  private final Direction direction;
  private @Nullable PackedMatrix[] versions = new PackedMatrix[1];

  /**
   * A matrix of outputs × inputs weights.
   *
   * @param offset of the matrix in θ
   */
  VersionedMatrix(Kernels kernels, int outputs, int inputs, int offset, Direction direction) {
    this.kernels = kernels;
    this.outputs = outputs;
    this.inputs = inputs;
    this.offset = offset;
    this.direction = direction;
  }

  /** Makes {@code version} a copy of the matrix in θ. */
  void pack(int version, float[] theta) {
    create(version).pack(theta, offset);
  }

  /** The matrix in that version. */
  PackedMatrix at(int version) {
    PackedMatrix matrix = versions[version];
    if (matrix == null) {
      throw new IllegalStateException("version " + version + " of the weights was never packed");
    }
    return matrix;
  }

  private PackedMatrix create(int version) {
    if (version >= versions.length) {
      versions = Arrays.copyOf(versions, Math.max(version + 1, 2 * versions.length));
    }
    PackedMatrix matrix = versions[version];
    if (matrix == null) {
      matrix = kernels.matrix(outputs, inputs, direction);
      versions[version] = matrix;
    }
    return matrix;
  }

  void save(Snapshot snapshot, String name, int version) {
    float[] weights = new float[outputs * inputs];
    at(version).unpack(weights, 0);
    snapshot.put(name + "." + version, weights);
  }

  void load(Snapshot snapshot, String name, int version) {
    float[] weights = snapshot.floats(name + "." + version);
    if (weights.length != outputs * inputs) {
      throw new IllegalArgumentException(
          "'%s' holds %s weights, expected %s × %s"
              .formatted(name, weights.length, outputs, inputs));
    }
    create(version).pack(weights, 0);
  }
}
