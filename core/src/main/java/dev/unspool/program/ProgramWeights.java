// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.kernel.PackedMatrix.Direction;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters as a tape uses them: matrices packed for products, and what depends on parameters
 * alone. For sweeps, in every version that a step on the tape ran with.
 */
final class ProgramWeights {
  private final Plan plan;
  private final float[] theta;
  private final ParameterLayout layout;
  private final Map<Linear, PackedMatrix> forward = new LinkedHashMap<>();
  private final Map<Linear, VersionedMatrix> backward = new LinkedHashMap<>();
  private final List<float[]> shared = new ArrayList<>();

  private final PackedMatrix[] forwardMatrices;
  private final int[] forwardOffsets;
  private final VersionedMatrix[] backwardMatrices;
  private final SharedValue[] sharedValues;
  private final float[][][] rooms;
  private final Op.Values ofTheta = ofTheta();

  ProgramWeights(CompiledPlan compiled, Kernels kernels, float[] theta) {
    this.plan = compiled.plan();
    this.theta = theta;
    this.layout = plan.program().parameters();
    for (var phases : List.of(plan.forward().phases(), plan.forward().lazyPhases())) {
      each(
          phases,
          linear -> {
            Matrix m = linear.matrix();
            forward.computeIfAbsent(
                linear, _ -> kernels.matrix(m.rows(), m.columns(), direction(linear)));
          });
    }
    var sweep = plan.backward();
    for (var phases : List.of(sweep.earlyPhases(), sweep.lazyPhases(), sweep.phases())) {
      each(
          phases,
          linear -> {
            Matrix m = linear.matrix();
            backward.computeIfAbsent(
                linear,
                _ ->
                    new VersionedMatrix(
                        kernels, m.rows(), m.columns(), offset(m), direction(linear)));
          });
    }
    this.forwardMatrices = forward.values().toArray(PackedMatrix[]::new);
    this.forwardOffsets =
        forward.keySet().stream().mapToInt(linear -> offset(linear.matrix())).toArray();
    this.backwardMatrices = backward.values().toArray(VersionedMatrix[]::new);
    this.sharedValues = compiled.sharedValues().toArray(SharedValue[]::new);
    this.rooms = compiled.sharedValues().stream().map(SharedValue::room).toArray(float[][][]::new);
  }

  private static Direction direction(Linear linear) {
    return linear.transposed() ? Direction.BACKWARD : Direction.FORWARD;
  }

  private static void each(List<Phase> phases, java.util.function.Consumer<Linear> consumer) {
    for (Phase phase : phases) {
      for (Instruction instruction : phase.instructions()) {
        if (instruction instanceof Instruction.Multiply multiply) {
          consumer.accept(multiply.linear());
        }
      }
    }
  }

  int offset(Matrix matrix) {
    return layout.slice(matrix.name()).offset();
  }

  float[] theta() {
    return theta;
  }

  PackedMatrix forward(Linear linear) {
    PackedMatrix matrix = forward.get(linear);
    if (matrix == null) {
      throw new IllegalStateException("not packed: " + linear);
    }
    return matrix;
  }

  VersionedMatrix backward(Linear linear) {
    VersionedMatrix matrix = backward.get(linear);
    if (matrix == null) {
      throw new IllegalStateException("not packed: " + linear);
    }
    return matrix;
  }

  /** Values that depend on parameters alone, in that version. */
  float[] shared(int version) {
    return shared.get(version);
  }

  /** Takes the parameters out of θ as {@code version}. */
  void pack(int version) {
    for (int i = 0; i < forwardMatrices.length; i++) {
      forwardMatrices[i].pack(theta, forwardOffsets[i]);
    }
    for (VersionedMatrix matrix : backwardMatrices) {
      matrix.pack(version, theta);
    }
    share(room(version));
  }

  /** Values that depend on parameters alone, as θ is now; computed anew. */
  float[] today() {
    float[] values = new float[plan.shared().width()];
    share(values);
    return values;
  }

  private void share(float[] values) {
    for (int i = 0; i < sharedValues.length; i++) {
      sharedValues[i].compute(theta, values, ofTheta, rooms[i]);
    }
  }

  private float[] room(int version) {
    while (shared.size() <= version) {
      shared.add(new float[plan.shared().width()]);
    }
    return shared.get(version);
  }

  private Op.Values ofTheta() {
    return new Op.Values() {
      @Override
      public double[] leaf(Leaf leaf) {
        return doubles(theta, layout.slice(leaf.name()).offset(), leaf.width());
      }

      @Override
      public double[] matrix(Matrix matrix) {
        return doubles(theta, offset(matrix), matrix.rows() * matrix.columns());
      }
    };
  }

  static double[] doubles(float[] values, int offset, int count) {
    double[] result = new double[count];
    for (int j = 0; j < count; j++) {
      result[j] = values[offset + j];
    }
    return result;
  }

  void save(Snapshot snapshot, int version) {
    backward.forEach(
        (linear, matrix) ->
            matrix.save(
                snapshot,
                linear.matrix().name() + (linear.transposed() ? "" : ".forward"),
                version));
    snapshot.put("shared." + version, shared.get(version).clone());
  }

  void load(Snapshot snapshot, int version) {
    backward.forEach(
        (linear, matrix) ->
            matrix.load(
                snapshot,
                linear.matrix().name() + (linear.transposed() ? "" : ".forward"),
                version));
    float[] values = snapshot.floats("shared." + version);
    float[] into = room(version);
    if (values.length != into.length) {
      throw new IllegalArgumentException(
          "'shared' holds %s values, expected %s; the checkpoint belongs to another model"
              .formatted(values.length, into.length));
    }
    System.arraycopy(values, 0, into, 0, values.length);
  }
}
