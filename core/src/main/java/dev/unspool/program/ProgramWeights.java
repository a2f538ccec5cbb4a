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

  ProgramWeights(Plan plan, Kernels kernels, float[] theta) {
    this.plan = plan;
    this.theta = theta;
    this.layout = plan.program().parameters();
    for (var phases : List.of(plan.forward(), plan.lazyForward())) {
      each(
          phases,
          linear -> {
            Matrix m = linear.matrix();
            forward.computeIfAbsent(
                linear, _ -> kernels.matrix(m.rows(), m.columns(), direction(linear)));
          });
    }
    for (var phases : List.of(plan.backward(), plan.lazyBackward())) {
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

  PackedMatrix backward(Linear linear, int version) {
    VersionedMatrix matrix = backward.get(linear);
    if (matrix == null) {
      throw new IllegalStateException("not packed: " + linear);
    }
    return matrix.at(version);
  }

  /** Values that depend on parameters alone, in that version. */
  float[] shared(int version) {
    return shared.get(version);
  }

  /** Takes the parameters out of θ as {@code version}. */
  void pack(int version) {
    forward.forEach((linear, matrix) -> matrix.pack(theta, offset(linear.matrix())));
    backward.forEach((_, matrix) -> matrix.pack(version, theta));
    share(room(version));
  }

  /** Values that depend on parameters alone, as θ is now; computed anew. */
  float[] today() {
    float[] values = new float[plan.sharedWidth()];
    share(values);
    return values;
  }

  private void share(float[] values) {
    Interpreter interpreter = null;
    int column = 0;
    for (Node node : plan.shared()) {
      if (node.op() instanceof Leaf leaf && node.is(Leaf.Role.VECTOR)) {
        System.arraycopy(
            theta, layout.slice(leaf.name()).offset(), values, column, node.width());
      } else {
        if (interpreter == null) {
          interpreter = new Interpreter(ofTheta(), false);
        }
        interpreter.run(List.of(node));
        double[] value = interpreter.value(node);
        for (int j = 0; j < value.length; j++) {
          values[column + j] = (float) value[j];
        }
      }
      column += node.width();
    }
  }

  private float[] room(int version) {
    while (shared.size() <= version) {
      shared.add(new float[plan.sharedWidth()]);
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
    backward.forEach((linear, matrix) -> matrix.save(snapshot, linear.matrix().name() + (linear.transposed() ? "" : ".forward"), version));
    snapshot.put("shared." + version, shared.get(version).clone());
  }

  void load(Snapshot snapshot, int version) {
    backward.forEach((linear, matrix) -> matrix.load(snapshot, linear.matrix().name() + (linear.transposed() ? "" : ".forward"), version));
    float[] values = snapshot.floats("shared." + version);
    float[] into = room(version);
    if (values.length != into.length) {
      throw new IllegalArgumentException(
          "'shared' holds %d values, expected %d; the checkpoint belongs to another model"
              .formatted(values.length, into.length));
    }
    System.arraycopy(values, 0, into, 0, values.length);
  }
}
