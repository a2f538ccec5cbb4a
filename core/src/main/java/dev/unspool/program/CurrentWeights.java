// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.kernel.PackedMatrix.Direction;
import dev.unspool.model.ParameterLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parameters as they are now, packed for products, for all tapes of one caller: once, however
 * many these are. Steps only ever run with these; sweeps may need older ones, so what a sweep uses
 * is handed out as a version, which stays as it is for as long as somebody has it.
 */
final class CurrentWeights {
  /** Versions that nobody has and that are kept for the next ones. */
  private static final int MOST_FREE = 16;

  private final Plan plan;
  private final Kernels kernels;
  private final float[] theta;
  private final ParameterLayout layout;

  private final Map<Linear, PackedMatrix> forward = new LinkedHashMap<>();
  private final PackedMatrix[] forwardMatrices;
  private final int[] forwardOffsets;

  /** For each of these, whether only steps use it, which run before θ changes again. */
  private final boolean[] ofSteps;

  /** For each of those, the product back with the same matrix that is copied with it, or −1. */
  private final int[] sameBack;

  private final List<Linear> backward;
  private final int[] backwardOffsets;

  /** For each product back, whether its matrix is copied with that of a product of steps. */
  private final boolean[] followed;

  private final SharedValue[] sharedValues;
  private final float[][][] rooms;
  private final Op.Values ofTheta = ofTheta();

  private @Nullable PackedWeights now;

  /** Versions that nobody has. */
  private final ArrayDeque<PackedWeights> free = new ArrayDeque<>();

  CurrentWeights(CompiledPlan compiled, Kernels kernels, float[] theta) {
    this.plan = compiled.plan();
    this.kernels = kernels;
    this.theta = theta;
    this.layout = plan.program().parameters();
    for (var phases : List.of(plan.forward().phases(), plan.forward().lazyPhases())) {
      each(phases, linear -> forward.computeIfAbsent(linear, this::matrix));
    }
    this.forwardMatrices = forward.values().toArray(PackedMatrix[]::new);
    this.forwardOffsets = offsets(forward.keySet());
    Set<Linear> products = new LinkedHashSet<>();
    var sweep = plan.backward();
    for (var phases : List.of(sweep.earlyPhases(), sweep.lazyPhases(), sweep.phases())) {
      each(phases, products::add);
    }
    this.backward = List.copyOf(products);
    this.backwardOffsets = offsets(products);
    // Outputs may be evaluated when θ has changed already.
    Set<Linear> later = new LinkedHashSet<>();
    each(plan.forward().lazyPhases(), later::add);
    this.ofSteps = new boolean[forwardOffsets.length];
    this.sameBack = new int[forwardOffsets.length];
    this.followed = new boolean[backwardOffsets.length];
    int product = 0;
    for (Linear linear : forward.keySet()) {
      int same = backward.indexOf(new Linear(linear.matrix(), !linear.transposed()));
      ofSteps[product] = !later.contains(linear);
      sameBack[product] = ofSteps[product] ? same : -1;
      if (sameBack[product] >= 0) {
        followed[same] = true;
      }
      product++;
    }
    this.sharedValues = compiled.sharedValues().toArray(SharedValue[]::new);
    this.rooms = compiled.sharedValues().stream().map(SharedValue::room).toArray(float[][][]::new);
  }

  private static void each(List<Phase> phases, Consumer<Linear> consumer) {
    for (Phase phase : phases) {
      for (Instruction instruction : phase.instructions()) {
        if (instruction instanceof Instruction.Multiply multiply) {
          consumer.accept(multiply.linear());
        }
      }
    }
  }

  private PackedMatrix matrix(Linear linear) {
    Matrix m = linear.matrix();
    return kernels.matrix(
        m.rows(), m.columns(), linear.transposed() ? Direction.BACKWARD : Direction.FORWARD);
  }

  private int[] offsets(Set<Linear> products) {
    return products.stream().mapToInt(linear -> offset(linear.matrix())).toArray();
  }

  int threads() {
    return kernels.threads();
  }

  int offset(Matrix matrix) {
    return layout.slice(matrix.name()).offset();
  }

  float[] theta() {
    return theta;
  }

  /** The matrix of a product of steps: as it is now. */
  PackedMatrix forward(Linear linear) {
    PackedMatrix matrix = forward.get(linear);
    if (matrix == null) {
      throw new IllegalStateException("not packed: " + linear);
    }
    return matrix;
  }

  /** The products of sweeps, whose matrices each version has in this order. */
  List<Linear> backward() {
    return backward;
  }

  /** Says that θ has changed: whoever wants to compute anything with what it was has done so. */
  void changed() {
    if (now != null) {
      leave(now);
      now = null;
    }
  }

  /** Whether θ is still what was packed last. */
  boolean isPacked() {
    if (now == null || !Arrays.equals(now.shared(), today())) {
      return false;
    }
    for (var packed : forward.entrySet()) {
      if (!isPacked(packed.getKey().matrix(), packed.getValue())) {
        return false;
      }
    }
    for (int i = 0; i < backwardOffsets.length; i++) {
      if (!isPacked(backward.get(i).matrix(), now.matrices()[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean isPacked(Matrix matrix, PackedMatrix packed) {
    int offset = offset(matrix);
    float[] values = new float[matrix.rows() * matrix.columns()];
    packed.unpack(values, 0);
    return Arrays.equals(values, 0, values.length, theta, offset, offset + values.length);
  }

  /** The version of now, for one more who has it; packed if that was not done yet. */
  PackedWeights join() {
    if (now == null) {
      now = empty();
      PackedMatrix[] back = now.matrices();
      for (int i = 0; i < forwardMatrices.length; i++) {
        if (ofSteps[i]) {
          int same = sameBack[i];
          forwardMatrices[i].follow(theta, forwardOffsets[i], same < 0 ? null : back[same]);
        } else {
          forwardMatrices[i].pack(theta, forwardOffsets[i]);
        }
      }
      for (int i = 0; i < backwardOffsets.length; i++) {
        if (!followed[i]) {
          back[i].pack(theta, backwardOffsets[i]);
        }
      }
      share(now.shared());
    }
    now.users().join();
    return now;
  }

  /** Copies the version of now where that was left to products. */
  void settle() {
    for (PackedMatrix matrix : forwardMatrices) {
      matrix.settle();
    }
    if (now != null) {
      for (PackedMatrix matrix : now.matrices()) {
        matrix.settle();
      }
    }
  }

  /** Room for a version, for one who fills it. */
  PackedWeights empty() {
    PackedWeights empty = free.poll();
    if (empty == null) {
      empty =
          new PackedWeights(
              backward.stream().map(this::matrix).toArray(PackedMatrix[]::new),
              new float[plan.shared().width()],
              new PackedWeights.Users());
    }
    empty.users().join();
    return empty;
  }

  /** Says that one of those who had a version needs it no more. */
  void leave(PackedWeights version) {
    if (version.users().leave() && free.size() < MOST_FREE) {
      free.push(version);
    }
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

  private Op.Values ofTheta() {
    return new Op.Values() {
      @Override
      public double[] leaf(Leaf leaf) {
        return ParameterValues.doubles(theta, layout.slice(leaf.name()).offset(), leaf.width());
      }

      @Override
      public double[] matrix(Matrix matrix) {
        return ParameterValues.doubles(theta, offset(matrix), matrix.rows() * matrix.columns());
      }
    };
  }
}
