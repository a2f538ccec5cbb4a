// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * The functions that act on each unit by itself. Each constant holds all there is to know about one
 * of them: how it is written, its value, its derivative, and how much it costs. A new function is a
 * new constant here.
 */
public enum Function {
  /** −a. */
  NEGATE("−%s", 1, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.negate(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.negate(d));
    }
  },

  /** a · b. */
  MULTIPLY("%s·%s", 2, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.multiply(a.get(0), a.get(1));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.multiply(d, y.arg(1)));
      to.add(y.arg(1), g.multiply(d, y.arg(0)));
    }
  },

  /** a / b. */
  DIVIDE("%s / %s", 2, Cost.DIVISION) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.divide(a.get(0), a.get(1));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      Node quotient = g.divide(d, y.arg(1));
      to.add(y.arg(0), quotient);
      to.add(y.arg(1), g.negate(g.multiply(quotient, y)));
    }
  },

  /** The smaller one; where both are equal, the second one gets the derivative. */
  MINIMUM("min(%s, %s)", 2, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.minimum(a.get(0), a.get(1));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      choose(g, g.apply(AT_LEAST, y.arg(0), y.arg(1)), y.arg(1), y.arg(0), d, to);
    }
  },

  /** The larger one; where both are equal, the first one gets the derivative. */
  MAXIMUM("max(%s, %s)", 2, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.maximum(a.get(0), a.get(1));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      choose(g, g.apply(AT_LEAST, y.arg(0), y.arg(1)), y.arg(0), y.arg(1), d, to);
    }
  },

  /** {@code a >= b ? 1 : 0}; its derivative is 0 everywhere. */
  AT_LEAST("(%s ≥ %s)", 2, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.atLeast(a.get(0), a.get(1));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {}
  },

  /** {@code a > 0 ? b : c}; nothing goes back to the condition. */
  SELECT("(%s > 0 ? %s : %s)", 3, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.select(a.get(0), a.get(1), a.get(2));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      choose(g, y.arg(0), y.arg(1), y.arg(2), d, to);
    }
  },

  /** |a|, with the derivative 0 at 0. */
  ABSOLUTE("|%s|", 1, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.absolute(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      Node negative = g.apply(SELECT, g.negate(y.arg(0)), g.negate(d), g.constant(0));
      to.add(y.arg(0), g.apply(SELECT, y.arg(0), d, negative));
    }
  },

  /** max(0, a), with the derivative 0 at 0, as PyTorch has it. */
  RECTIFIER("relu(%s)", 1, Cost.CHEAP) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.maximum(a.get(0), on.constant(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.apply(SELECT, y, d, g.constant(0)));
    }
  },

  /** √a. */
  SQUARE_ROOT("√(%s)", 1, Cost.DIVISION) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.squareRoot(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.divide(g.multiply(d, g.constant(0.5)), y));
    }
  },

  /** eᵃ. */
  EXPONENTIAL("exp(%s)", 1, Cost.POLYNOMIAL) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.exponential(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.multiply(d, y));
    }
  },

  /** Natural logarithm. */
  LOGARITHM("log(%s)", 1, Cost.POLYNOMIAL) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.logarithm(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.divide(d, y.arg(0)));
    }
  },

  /** Sine of an angle in radians. */
  SINE("sin(%s)", 1, Cost.POLYNOMIAL) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.sine(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.multiply(d, g.apply(COSINE, y.arg(0))));
    }
  },

  /** Cosine of an angle in radians. */
  COSINE("cos(%s)", 1, Cost.POLYNOMIAL) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.cosine(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.negate(g.multiply(d, g.apply(SINE, y.arg(0)))));
    }
  },

  /** Logistic function 1 / (1 + e⁻ᵃ). */
  SIGMOID("σ(%s)", 1, Cost.POLYNOMIAL) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.sigmoid(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.multiply(d, g.multiply(y, g.subtract(g.constant(1), y))));
    }
  },

  /** Hyperbolic tangent. */
  TANH("tanh(%s)", 1, Cost.POLYNOMIAL) {
    @Override
    public <V> V of(Arithmetic<V> on, List<V> a) {
      return on.tangent(a.get(0));
    }

    @Override
    void derive(Graph g, Node y, Node d, Adjoints to) {
      to.add(y.arg(0), g.multiply(d, g.subtract(g.constant(1), g.multiply(y, y))));
    }
  };

  /** What a function costs on one unit: what is expensive is kept rather than computed again. */
  public enum Cost {
    /** An instruction or two. */
    CHEAP,
    /** One slow instruction. */
    DIVISION,
    /** Some twenty instructions. */
    POLYNOMIAL
  }

  private final String text;
  private final int arguments;
  private final Cost cost;

  Function(String text, int arguments, Cost cost) {
    this.text = text;
    this.arguments = arguments;
    this.cost = cost;
  }

  /** Its value, in whatever arithmetic. */
  public abstract <V> V of(Arithmetic<V> on, List<V> arguments);

  /** Adds ∂L/∂argument = d · ∂y/∂argument to each argument of y. */
  abstract void derive(Graph g, Node y, Node d, Adjoints to);

  /** How it is written, with a place for each argument. */
  String text() {
    return text;
  }

  /** Number of arguments. */
  public int arguments() {
    return arguments;
  }

  /** What it costs. */
  public Cost cost() {
    return cost;
  }

  /** {@code d} goes to {@code then} where the condition is positive, else to {@code otherwise}. */
  private static void choose(
      Graph g, Node condition, Node then, Node otherwise, Node d, Adjoints to) {
    Node zero = g.constant(0);
    to.add(then, g.apply(SELECT, condition, d, zero));
    to.add(otherwise, g.apply(SELECT, condition, zero, d));
  }
}
