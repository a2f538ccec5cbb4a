// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.model.Gradient;
import dev.unspool.model.Workers;

/** What is done to a gradient that is too large. */
public sealed interface Clipping {
  /**
   * This for gradients of one size.
   *
   * @param like of their size; not modified
   * @param workers asked by nobody else meanwhile; results do not depend on them
   */
  default Clipper bind(Gradient like, Workers workers) {
    return new Clipper(this, like, workers);
  }

  /**
   * Clips a gradient that is finite; one that is not is left as it is.
   *
   * @param gradient modified
   * @return the Euclidean norm of the whole gradient before clipping
   */
  default double apply(Gradient gradient) {
    Clipper clipper = bind(gradient, Workers.caller());
    double norm = clipper.norm(gradient);
    clipper.clip(gradient, norm);
    return norm;
  }

  /** Leaves every gradient as it is. */
  static Clipping none() {
    return new None();
  }

  /**
   * Scales the whole gradient down to the norm {@code limit} when it is longer (Pascanu, Mikolov
   * and Bengio, "On the difficulty of training recurrent neural networks", 2013). Keeps its
   * direction.
   */
  static Clipping byNorm(double limit) {
    return new Norm(limit);
  }

  /** Cuts each value off at ±{@code limit}. */
  static Clipping byValue(double limit) {
    return new Value(limit);
  }

  /** See {@link #none()}. */
  record None() implements Clipping {}

  /**
   * See {@link #byNorm}.
   *
   * @param limit above 0
   */
  record Norm(double limit) implements Clipping {
    /** Checks the range. */
    public Norm {
      requireLimit(limit);
    }
  }

  /**
   * See {@link #byValue}.
   *
   * @param limit above 0
   */
  record Value(double limit) implements Clipping {
    /** Checks the range. */
    public Value {
      requireLimit(limit);
    }
  }

  private static void requireLimit(double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("the limit of clipping must be above 0, found " + limit);
    }
  }
}
