// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.kernel.PackedMatrix.Direction;
import dev.unspool.model.ParameterLayout;
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
 * is handed out as a version, which stays as it is for as long as somebody has it. A version has
 * two parts: what a sweep needs of every step, and what it needs only of those whose outputs a loss
 * reads.
 */
final class CurrentWeights {
  private final Plan plan;
  private final Kernels kernels;
  private final float[] theta;
  private final ParameterLayout layout;

  private final Map<Linear, PackedMatrix> forward = new LinkedHashMap<>();
  private final PackedMatrix[] forwardMatrices;
  private final int[] forwardOffsets;

  /** For each of these, whether only steps use it, which run before θ changes again. */
  private final boolean[] usedAtOnce;

  /** For each of those, the product back with the same matrix that is copied with it, or −1. */
  private final int[] sameBack;

  /** Of the products that a sweep makes at every step, and what depends on parameters alone. */
  private final WeightPool ofSteps;

  /** Of those that it makes only at steps whose outputs have a derivative. */
  private final WeightPool ofOutputs;

  /** Products back, those of {@link #ofSteps} first. */
  private final List<Linear> backward;

  private final int[] backwardOffsets;

  /** For each product back, whether its matrix is copied with that of a product of steps. */
  private final boolean[] followed;

  private final SharedValue[] sharedValues;
  private final float[][][] rooms;
  private final Op.Values ofTheta = ofTheta();

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
    each(sweep.earlyPhases(), products::add);
    each(sweep.phases(), products::add);
    this.ofSteps = pool(products, plan.shared().width());
    Set<Linear> lazy = new LinkedHashSet<>();
    each(sweep.lazyPhases(), lazy::add);
    lazy.removeAll(products);
    this.ofOutputs = pool(lazy, 0);
    products.addAll(lazy);
    this.backward = List.copyOf(products);
    this.backwardOffsets = offsets(products);
    // Outputs may be evaluated when θ has changed already.
    Set<Linear> later = new LinkedHashSet<>();
    each(plan.forward().lazyPhases(), later::add);
    this.usedAtOnce = new boolean[forwardOffsets.length];
    this.sameBack = new int[forwardOffsets.length];
    this.followed = new boolean[backwardOffsets.length];
    int product = 0;
    for (Linear linear : forward.keySet()) {
      int same = backward.indexOf(new Linear(linear.matrix(), !linear.transposed()));
      usedAtOnce[product] = !later.contains(linear);
      sameBack[product] = usedAtOnce[product] ? same : -1;
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

  private WeightPool pool(Set<Linear> products, int shared) {
    var ofVersion = List.copyOf(products);
    return new WeightPool(
        ofVersion,
        () ->
            new PackedWeights(
                ofVersion.stream().map(this::matrix).toArray(PackedMatrix[]::new),
                new float[shared],
                new PackedWeights.Users()));
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

  /** Versions of what a sweep needs of every step. */
  WeightPool ofSteps() {
    return ofSteps;
  }

  /** Versions of what it needs only of steps whose outputs have a derivative. */
  WeightPool ofOutputs() {
    return ofOutputs;
  }

  /** Says that θ has changed: whoever wants to compute anything with what it was has done so. */
  void changed() {
    ofSteps.end();
    ofOutputs.end();
  }

  /** Whether θ is still what was packed last. */
  boolean isPacked() {
    PackedWeights now = ofSteps.now();
    PackedWeights outputs = ofOutputs.now();
    if (now == null || outputs == null || !Arrays.equals(now.shared(), today())) {
      return false;
    }
    for (var packed : forward.entrySet()) {
      if (!isPacked(packed.getKey().matrix(), packed.getValue())) {
        return false;
      }
    }
    for (int i = 0; i < backwardOffsets.length; i++) {
      if (!isPacked(backward.get(i).matrix(), back(i, now, outputs))) {
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

  /** Lets both pools have a version of now; packed if that was not done yet. */
  void pack() {
    if (ofSteps.now() != null) {
      return;
    }
    PackedWeights now = ofSteps.begin();
    PackedWeights outputs = ofOutputs.begin();
    for (int i = 0; i < forwardMatrices.length; i++) {
      if (usedAtOnce[i]) {
        int same = sameBack[i];
        forwardMatrices[i].follow(
            theta, forwardOffsets[i], same < 0 ? null : back(same, now, outputs));
      } else {
        forwardMatrices[i].pack(theta, forwardOffsets[i]);
      }
    }
    for (int i = 0; i < backwardOffsets.length; i++) {
      if (!followed[i]) {
        back(i, now, outputs).pack(theta, backwardOffsets[i]);
      }
    }
    share(now.shared());
  }

  /** The matrix of a product back, in the two parts of a version. */
  private static PackedMatrix back(int product, PackedWeights steps, PackedWeights outputs) {
    int first = steps.matrices().length;
    return product < first ? steps.matrices()[product] : outputs.matrices()[product - first];
  }

  /** Copies the version of now where that was left to products. */
  void settle() {
    for (PackedMatrix matrix : forwardMatrices) {
      matrix.settle();
    }
    settle(ofSteps.now());
    settle(ofOutputs.now());
  }

  private static void settle(@Nullable PackedWeights now) {
    if (now != null) {
      for (PackedMatrix matrix : now.matrices()) {
        matrix.settle();
      }
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
