// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.program.Detach;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Node;
import dev.unspool.program.Reduce;
import dev.unspool.program.Slice;
import java.util.function.Supplier;

/**
 * A value of a step: some units, for each lane at each time. A signal has a width and no numbers:
 * it stands for what will be computed, and is recorded once, when a model is made. Operations of
 * two signals take equal widths; a signal of width 1 is repeated for all units of the other.
 *
 * <p>Immutable. A width that does not fit is refused with an {@link IllegalArgumentException} that
 * names both signals and where they were written.
 */
public final class Signal {
  final Step step;
  final Node node;

  Signal(Step step, Node node) {
    this.step = step;
    this.node = node;
  }

  /** Number of units. */
  public int width() {
    return node.width();
  }

  // ----- arithmetic, unit by unit

  /** this + other. */
  public Signal plus(Signal other) {
    return of(() -> graph().add(node, at(other)));
  }

  /** this + number. */
  public Signal plus(double number) {
    return of(() -> graph().add(node, graph().constant(number)));
  }

  /** this − other. */
  public Signal minus(Signal other) {
    return of(() -> graph().subtract(node, at(other)));
  }

  /** this − number. */
  public Signal minus(double number) {
    return plus(-number);
  }

  /** this · other, unit by unit. */
  public Signal times(Signal other) {
    return of(() -> graph().multiply(node, at(other)));
  }

  /** this · number. */
  public Signal times(double number) {
    return of(() -> graph().multiply(node, graph().constant(number)));
  }

  /** this / other, unit by unit. */
  public Signal over(Signal other) {
    return of(() -> graph().divide(node, at(other)));
  }

  /** this / number. */
  public Signal over(double number) {
    return of(() -> graph().divide(node, graph().constant(number)));
  }

  /** −this. */
  public Signal negated() {
    return of(() -> graph().negate(node));
  }

  /** 1 − this. */
  public Signal oneMinus() {
    return of(() -> graph().subtract(graph().constant(1), node));
  }

  /** this². */
  public Signal square() {
    return of(() -> graph().multiply(node, node));
  }

  /** |this|; the derivative at 0 is 0. */
  public Signal abs() {
    return apply(Function.ABSOLUTE);
  }

  /** √this. */
  public Signal sqrt() {
    return apply(Function.SQUARE_ROOT);
  }

  /** The smaller one, unit by unit. */
  public Signal min(Signal other) {
    return of(() -> graph().apply(Function.MINIMUM, node, at(other)));
  }

  /** The larger one, unit by unit. */
  public Signal max(Signal other) {
    return of(() -> graph().apply(Function.MAXIMUM, node, at(other)));
  }

  /** Each unit, but at least {@code low} and at most {@code high}. */
  public Signal clip(double low, double high) {
    if (!(low <= high)) {
      throw step.refused("clip to the range from %s to %s: it is empty".formatted(low, high));
    }
    return of(
        () ->
            graph()
                .apply(
                    Function.MINIMUM,
                    graph().constant(high),
                    graph().apply(Function.MAXIMUM, node, graph().constant(low))));
  }

  /**
   * Where this is positive, {@code then}, elsewhere {@code otherwise}; not differentiable in this.
   */
  public Signal ifPositive(Signal then, Signal otherwise) {
    return of(() -> graph().apply(Function.SELECT, node, at(then), at(otherwise)));
  }

  // ----- functions, unit by unit

  /** Logistic function 1 / (1 + e⁻ˣ). */
  public Signal sigmoid() {
    return apply(Function.SIGMOID);
  }

  /** Hyperbolic tangent. */
  public Signal tanh() {
    return apply(Function.TANH);
  }

  /** max(0, x); the derivative at 0 is 0. */
  public Signal relu() {
    return apply(Function.RECTIFIER);
  }

  /** log(1 + eˣ), without overflow. */
  public Signal softplus() {
    return relu().plus(abs().negated().exp().plus(1).log());
  }

  /** x · σ(x). */
  public Signal silu() {
    return times(sigmoid());
  }

  /** Gaussian error linear unit, by tanh (Hendrycks and Gimpel 2016, equation 2). */
  public Signal gelu() {
    Signal inner = plus(square().times(this).times(0.044715)).times(Math.sqrt(2 / Math.PI));
    return inner.tanh().plus(1).times(this).times(0.5);
  }

  /** eˣ. */
  public Signal exp() {
    return apply(Function.EXPONENTIAL);
  }

  /** Natural logarithm. */
  public Signal log() {
    return apply(Function.LOGARITHM);
  }

  /** Sine of an angle in radians. */
  public Signal sin() {
    return apply(Function.SINE);
  }

  /** Cosine of an angle in radians. */
  public Signal cos() {
    return apply(Function.COSINE);
  }

  // ----- over units

  /** Sum of all units: width 1. */
  public Signal sum() {
    return sum(1);
  }

  /** Sums over groups of consecutive units: as wide as there are groups. */
  public Signal sum(int groups) {
    return of(() -> graph().reduce(Reduce.Kind.SUM, groups, node));
  }

  /** Mean of all units: width 1. */
  public Signal mean() {
    return mean(1);
  }

  /** Means over groups of consecutive units. */
  public Signal mean(int groups) {
    return sum(groups).times((double) groups / width());
  }

  /** The largest unit: width 1. Units that are equally large share the derivative. */
  public Signal max() {
    return max(1);
  }

  /** The largest unit of each of some groups. */
  public Signal max(int groups) {
    return of(() -> graph().reduce(Reduce.Kind.MAXIMUM, groups, node));
  }

  /** eˣ / Σ eˣ over all units. */
  public Signal softmax() {
    return softmax(1);
  }

  /** eˣ / Σ eˣ over groups of consecutive units. */
  public Signal softmax(int groups) {
    Signal largest = max(groups).detach();
    int size = width() / groups;
    Signal e = minus(largest.repeat(size)).exp();
    return e.over(e.sum(groups).repeat(size));
  }

  /**
   * All units with mean 0 and variance 1 (Ba, Kiros and Hinton 2016, without gain and bias).
   *
   * @param epsilon added to the variance, so that units that are all equal become 0; above 0
   */
  public Signal normalised(double epsilon) {
    return normalised(1, epsilon);
  }

  /** The same for each of some groups of consecutive units by itself. */
  public Signal normalised(int groups, double epsilon) {
    if (!(epsilon > 0)) {
      throw step.refused("normalised with an epsilon of %s; above 0".formatted(epsilon));
    }
    Signal mean = mean(groups);
    int units = width() / groups;
    Signal deviation = minus(mean.repeat(units));
    Signal variance = deviation.square().mean(groups);
    return deviation.over(variance.plus(epsilon).sqrt().repeat(units));
  }

  // ----- parts and joins

  /** One of {@code of} equal parts, such as the gates of a cell. */
  public Signal part(int index, int of) {
    if (of < 1 || width() % of != 0 || index < 0 || index >= of) {
      throw step.refused(
          "part %s of %s of %s: the width must be a multiple of the number of parts, which count from 0"
              .formatted(index, of, node.described()));
    }
    return slice(index * (width() / of), width() / of);
  }

  /** {@code size} units from unit {@code from}. */
  public Signal slice(int from, int size) {
    return of(
        () -> {
          graph().node(new Slice(from, size), node);
          return graph().slice(node, from, size);
        });
  }

  /**
   * Each unit {@code times} times, one beside the other: what a value of a group is to its units.
   */
  public Signal repeat(int times) {
    return of(() -> graph().repeat(node, times));
  }

  // ----- parameters

  /** W·x. */
  public Signal times(Weights w) {
    return of(() -> graph().linear(step.own(w), false, step.seen(node)));
  }

  /** Wᵀ·x: the same weights the other way round, such as a table that also yields the logits. */
  public Signal timesTransposed(Weights w) {
    return of(() -> graph().linear(step.own(w), true, step.seen(node)));
  }

  // ----- time and training

  /**
   * The value of {@code steps} steps ago; zeros before a sequence has been going on for so long.
   *
   * @param steps at least 0
   */
  public Signal delay(int steps) {
    if (steps < 0) {
      throw step.refused("a delay of %s steps: the future is not known".formatted(steps));
    }
    Signal delayed = this;
    for (int i = 0; i < steps; i++) {
      delayed = step.before(delayed);
    }
    return delayed;
  }

  /** While training, each unit is zero with that probability, else divided by 1 − p. */
  public Signal dropout(double probability) {
    return dropout(probability, 1);
  }

  /**
   * While training, each unit is zero with that probability, else divided by 1 − p, and stays so
   * for some steps (Gal and Ghahramani 2016).
   *
   * @param steps after how many steps units are drawn anew: 1 for each step; 0 only where a
   *     sequence begins, as they are in every case
   */
  public Signal dropout(double probability, int steps) {
    return probability == 0 ? this : times(step.dropoutMask(width(), probability, steps));
  }

  /** The same value, through which no derivative goes back. */
  public Signal detach() {
    return of(() -> graph().node(new Detach(), node));
  }

  /**
   * Always refused: a signal is an expression and has no number while a step is being written. Use
   * {@link #ifPositive} where the equations depend on a value.
   *
   * @throws UnsupportedOperationException always
   */
  public double value() {
    throw new UnsupportedOperationException(
        "%s has no number while the step is written down, so Java cannot branch on it; use ifPositive"
            .formatted(node.described()));
  }

  private Graph graph() {
    return step.graph();
  }

  private Node at(Signal other) {
    return step.own(other);
  }

  private Signal apply(Function function) {
    return of(() -> graph().apply(function, node));
  }

  private Signal of(Supplier<Node> recorded) {
    return step.signal(recorded);
  }

  /** The expression, written out. */
  @Override
  public String toString() {
    return node.toString();
  }
}
