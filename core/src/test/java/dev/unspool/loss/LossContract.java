// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every loss of this package keeps: a masked mean, and its exact derivative. */
abstract class LossContract {
  private static final int STEPS = 3;
  private static final int LANES = 2;

  abstract Loss loss();

  /** Number of output features to test with. */
  abstract int outputs();

  /** A target that suits the loss. */
  abstract float target(RandomGenerator random);

  /** ℓ of one row, written down as in the definition, in float64. */
  abstract double definition(double[] outputs, float[] targets);

  /** Whether ℓ is a mean over targets, of which some may be missing. */
  boolean targetsMayBeMissing() {
    return true;
  }

  /** The outputs that are about a target, of so many. */
  int[] outputsOf(int target, int targets) {
    return new int[] {target};
  }

  private record Case(Steps outputs, Steps targets, Steps mask, Steps gradient) {}

  private Case random(long seed, int steps) {
    var random = new SplitMix64(seed);
    var outputs = Steps.allocate(steps, LANES, outputs());
    var targets = Steps.allocate(steps, LANES, loss().targets(outputs()));
    var mask = Steps.allocate(steps, LANES, 1);
    for (int i = 0; i < outputs.size(); i++) {
      outputs.values()[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < targets.size(); i++) {
      targets.values()[i] = target(random);
    }
    for (int i = 0; i < mask.size(); i++) {
      mask.values()[i] = i % 3 == 1 ? 0 : random.nextFloat() + 0.1f;
    }
    return new Case(outputs, targets, mask, Steps.allocate(steps, LANES, outputs()));
  }

  private double evaluate(Case c) {
    LossValue found = loss().evaluate(c.outputs, c.targets, c.mask, c.gradient);
    assertEquals(c.mask.sum(), found.weight());
    return found.value();
  }

  private double byDefinition(Case c, int changed, double delta) {
    int targets = c.targets.features();
    double sum = 0;
    double total = 0;
    for (int row = 0; row < c.mask.size(); row++) {
      double[] y = new double[outputs()];
      float[] t = new float[targets];
      for (int j = 0; j < y.length; j++) {
        int i = row * y.length + j;
        y[j] = c.outputs.values()[i] + (i == changed ? delta : 0);
      }
      System.arraycopy(c.targets.values(), row * targets, t, 0, targets);
      sum += c.mask.values()[row] * definition(y, t);
      total += c.mask.values()[row];
    }
    return sum / total;
  }

  @Test
  final void isTheWeightedMeanOfItsDefinition() {
    for (long seed = 0; seed < 20; seed++) {
      var c = random(seed, STEPS);
      double expected = byDefinition(c, -1, 0);
      assertEquals(expected, evaluate(c), 1e-6 * (1 + Math.abs(expected)), "seed " + seed);
    }
  }

  @Test
  final void gradientIsTheCentralDifferenceOfTheDefinition() {
    double h = 1e-5;
    for (long seed = 0; seed < 20; seed++) {
      var c = random(seed, STEPS);
      evaluate(c);
      for (int i = 0; i < c.outputs.size(); i++) {
        double expected = (byDefinition(c, i, h) - byDefinition(c, i, -h)) / (2 * h);
        double found = c.gradient.values()[i];
        assertEquals(expected, found, 1e-6, "seed " + seed + ", output " + i);
      }
    }
  }

  @Test
  final void whatIsMaskedOutIsNotLookedAt() {
    var c = random(1, STEPS);
    double expected = evaluate(c);
    var gradient = c.gradient.copy();
    for (int row = 0; row < c.mask.size(); row++) {
      if (c.mask.values()[row] == 0) {
        for (int j = 0; j < outputs(); j++) {
          c.outputs.values()[row * outputs() + j] = Float.NaN;
        }
        for (int j = 0; j < c.targets.features(); j++) {
          c.targets.values()[row * c.targets.features() + j] = Float.NaN;
        }
      }
    }
    assertEquals(expected, evaluate(c));
    for (int i = 0; i < gradient.size(); i++) {
      assertEquals(gradient.values()[i], c.gradient.values()[i]);
      if (c.mask.values()[i / outputs()] == 0) {
        assertEquals(0, c.gradient.values()[i]);
      }
    }
  }

  /** The definition of a row of its known targets alone; it counts less. */
  private double ofKnownByDefinition(Case c, int changed, double delta) {
    int n = c.targets.features();
    double sum = 0;
    double total = 0;
    for (int row = 0; row < c.mask.size(); row++) {
      var indices = new TreeSet<Integer>();
      var known = new ArrayList<Float>();
      for (int j = 0; j < n; j++) {
        float target = c.targets.values()[row * n + j];
        if (!Float.isNaN(target)) {
          known.add(target);
          Arrays.stream(outputsOf(j, n)).forEach(indices::add);
        }
      }
      float[] t = new float[known.size()];
      for (int j = 0; j < t.length; j++) {
        t[j] = known.get(j);
      }
      int from = row * outputs();
      double[] y =
          indices.stream()
              .mapToDouble(j -> c.outputs.values()[from + j] + (from + j == changed ? delta : 0))
              .toArray();
      double weight = (double) c.mask.values()[row] * t.length / n;
      sum += weight == 0 ? 0 : weight * definition(y, t);
      total += weight;
    }
    return sum / total;
  }

  @Test
  final void aMissingTargetCountsInNothing() {
    double h = 1e-5;
    for (long seed = 0; targetsMayBeMissing() && seed < 20; seed++) {
      var c = random(seed, STEPS);
      var random = new SplitMix64(seed + 100);
      int n = c.targets.features();
      double weight = 0;
      for (int i = 0; i < c.targets.size(); i++) {
        boolean missing = random.nextInt(3) == 0;
        if (missing) {
          c.targets.values()[i] = Float.NaN;
          for (int j : outputsOf(i % n, n)) { // not looked at
            c.outputs.values()[i / n * outputs() + j] = Float.NaN;
          }
        }
        weight += missing ? 0 : c.mask.values()[i / n] / n;
      }
      LossValue found = loss().evaluate(c.outputs, c.targets, c.mask, c.gradient);
      assertEquals(weight, found.weight(), 1e-6, "seed " + seed);
      double expected = ofKnownByDefinition(c, -1, 0);
      assertEquals(expected, found.value(), 1e-6 * (1 + Math.abs(expected)), "seed " + seed);
      for (int i = 0; i < c.outputs.size(); i++) {
        double slope =
            Float.isNaN(c.outputs.values()[i])
                ? 0
                : (ofKnownByDefinition(c, i, h) - ofKnownByDefinition(c, i, -h)) / (2 * h);
        assertEquals(slope, c.gradient.values()[i], 1e-6, "seed " + seed + ", output " + i);
      }
    }
  }

  @Test
  final void withoutAnyTargetItIsZero() {
    var c = random(9, STEPS);
    c.targets.fill(Float.NaN);
    c.gradient.fill(7);
    if (targetsMayBeMissing()) {
      assertEquals(LossValue.NOTHING, loss().evaluate(c.outputs, c.targets, c.mask, c.gradient));
      for (float g : c.gradient.values()) {
        assertEquals(0, g);
      }
    }
  }

  /** Neighbours are computed as ever, also by vectors. */
  @Test
  final void whereAllIsKnownTheGradientIsTheSameWhateverOthersMiss() {
    var c = random(10, STEPS);
    c.mask.fill(1);
    double whole = evaluate(c);
    var gradient = c.gradient.copy();
    var more = random(10, STEPS + 1);
    System.arraycopy(c.outputs.values(), 0, more.outputs.values(), 0, c.outputs.size());
    System.arraycopy(c.targets.values(), 0, more.targets.values(), 0, c.targets.size());
    more.mask.fill(1);
    more.targets.view(STEPS, STEPS + 1).fill(Float.NaN);
    if (targetsMayBeMissing()) {
      LossValue found = loss().evaluate(more.outputs, more.targets, more.mask, more.gradient);
      assertEquals(whole, found.value());
      assertArrayEquals(gradient.values(), more.gradient.view(0, STEPS).copy().values());
    }
  }

  @Test
  final void extraStepsThatAreMaskedOutChangeNothing() {
    for (long seed = 0; seed < 20; seed++) {
      var c = random(seed, STEPS + 2);
      c.mask.view(STEPS, STEPS + 2).fill(0);
      var shorter =
          new Case(
              c.outputs.view(0, STEPS).copy(),
              c.targets.view(0, STEPS).copy(),
              c.mask.view(0, STEPS).copy(),
              c.gradient.view(0, STEPS).copy());
      assertEquals(evaluate(shorter), evaluate(c), "seed " + seed);
      assertArrayEquals(
          shorter.gradient.values(), c.gradient.view(0, STEPS).copy().values(), "seed " + seed);
    }
  }

  @Test
  final void onlyRatiosOfWeightsCount() {
    var c = random(6, STEPS);
    double expected = evaluate(c);
    var gradient = c.gradient.copy();
    for (int i = 0; i < c.mask.size(); i++) {
      c.mask.values()[i] *= 4;
    }
    assertEquals(expected, evaluate(c));
    assertArrayEquals(gradient.values(), c.gradient.values());
  }

  @Test
  final void largeOutputsAreSafe() {
    for (float size : new float[] {1e2f, 1e4f, 1e6f}) {
      var c = random(7, STEPS);
      for (int i = 0; i < c.outputs.size(); i++) {
        c.outputs.values()[i] = c.outputs.values()[i] < 0 ? -size : size;
      }
      assertTrue(Double.isFinite(evaluate(c)), "outputs of ±" + size);
      for (float g : c.gradient.values()) {
        assertTrue(Float.isFinite(g), "outputs of ±" + size);
      }
    }
  }

  @Test
  final void modifiesNothingButTheGradient() {
    var c = random(8, STEPS);
    var before = new Case(c.outputs.copy(), c.targets.copy(), c.mask.copy(), c.gradient);
    evaluate(c);
    assertArrayEquals(before.outputs.values(), c.outputs.values());
    assertArrayEquals(before.targets.values(), c.targets.values());
    assertArrayEquals(before.mask.values(), c.mask.values());
  }

  @Test
  final void withNothingToCountItIsZero() {
    var c = random(2, STEPS);
    c.mask.fill(0);
    c.gradient.fill(7);
    assertEquals(0, evaluate(c));
    for (float g : c.gradient.values()) {
      assertEquals(0, g);
    }
  }

  @Test
  final void readsAndWritesViewsInsideLargerArrays() {
    var c = random(3, STEPS + 2);
    var part =
        new Case(
            c.outputs.view(1, 1 + STEPS),
            c.targets.view(1, 1 + STEPS),
            c.mask.view(1, 1 + STEPS),
            c.gradient.view(2, 2 + STEPS));
    var alone =
        new Case(part.outputs.copy(), part.targets.copy(), part.mask.copy(), part.gradient.copy());
    assertEquals(evaluate(alone), evaluate(part));
    for (int i = 0; i < alone.gradient.size(); i++) {
      assertEquals(alone.gradient.values()[i], c.gradient.values()[part.gradient.offset() + i]);
    }
  }

  @Test
  final void refusesOtherShapesAndSaysBoth() {
    var c = random(4, STEPS);
    var wrong = Steps.allocate(STEPS, LANES, c.targets.features() + 1);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> loss().evaluate(c.outputs, wrong, c.mask, c.gradient));
    assertTrue(e.toString().contains(wrong.toString()), e.toString());
    var fewer = c.mask.view(0, STEPS - 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> loss().evaluate(c.outputs, c.targets, fewer, c.gradient));
  }

  @Test
  final void refusesWeightsThatAreNone() {
    for (float weight : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      var c = random(5, STEPS);
      c.mask.set(1, 1, 0, weight);
      var e = assertThrows(IllegalArgumentException.class, () -> evaluate(c));
      assertTrue(e.toString().contains("step 1, lane 1"), e.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  final void whoeverComputesItItIsTheSameBitForBit(int threads) {
    try (var kernels = Kernels.open(threads)) {
      Loss bound = loss().bind(kernels);
      for (int steps : new int[] {700, 1, 400}) { // shared out, and not
        var c = random(steps, steps);
        LossValue expected = loss().evaluate(c.outputs, c.targets, c.mask, c.gradient);
        var gradient = Steps.allocate(steps, LANES, outputs());
        assertEquals(expected, bound.evaluate(c.outputs, c.targets, c.mask, gradient));
        assertArrayEquals(c.gradient.values(), gradient.values());
      }
    }
  }
}
