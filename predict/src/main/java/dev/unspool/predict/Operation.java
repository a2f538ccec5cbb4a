// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * What an {@link Instruction} does with arrays of numbers, one number a unit. Where two arrays of
 * units meet, one of width 1 stands for all units of the other.
 */
public enum Operation {
  /** The input of the step. */
  INPUT(0) {
    @Override
    long width(Operands of) {
      return of.inputs();
    }

    @Override
    void run(Call call) {}
  },
  /** An array of the state with which the step runs, by name. */
  STATE(0) {
    @Override
    long width(Operands of) {
      return of.state();
    }

    @Override
    void run(Call call) {}
  },
  /** A vector of weights, by name. */
  VECTOR(0) {
    @Override
    long width(Operands of) {
      return of.vector();
    }

    @Override
    void run(Call call) {
      System.arraycopy(call.weights(), 0, call.into(), 0, call.into().length);
    }
  },
  /** A number. */
  CONSTANT(0) {
    @Override
    long width(Operands of) {
      of.number();
      return 1;
    }

    @Override
    void run(Call call) {
      call.into()[0] = call.number();
    }
  },
  /** a + b. */
  ADD(2) {
    @Override
    void run(Call call) {
      both(call, Double::sum);
    }
  },
  /** a · b. */
  MULTIPLY(2) {
    @Override
    void run(Call call) {
      both(call, (a, b) -> a * b);
    }
  },
  /** a / b. */
  DIVIDE(2) {
    @Override
    void run(Call call) {
      both(call, (a, b) -> a / b);
    }
  },
  /** −a. */
  NEGATE(1) {
    @Override
    void run(Call call) {
      each(call, a -> -a);
    }
  },
  /** |a|. */
  ABSOLUTE(1) {
    @Override
    void run(Call call) {
      each(call, Math::abs);
    }
  },
  /** The smaller one; NaN if one of them is. */
  MINIMUM(2) {
    @Override
    void run(Call call) {
      both(call, Math::min);
    }
  },
  /** The larger one; NaN if one of them is. */
  MAXIMUM(2) {
    @Override
    void run(Call call) {
      both(call, Math::max);
    }
  },
  /** {@code a > 0 ? b : c}. */
  SELECT(3) {
    @Override
    void run(Call call) {
      double[] into = call.into();
      for (int j = 0; j < into.length; j++) {
        into[j] = call.unit(0, j) > 0 ? call.unit(1, j) : call.unit(2, j);
      }
    }
  },
  /** {@code a >= b ? 1 : 0}. */
  AT_LEAST(2) {
    @Override
    void run(Call call) {
      both(call, (a, b) -> a >= b ? 1 : 0);
    }
  },
  /** √a. */
  SQUARE_ROOT(1) {
    @Override
    void run(Call call) {
      each(call, Math::sqrt);
    }
  },
  /** eᵃ. */
  EXPONENTIAL(1) {
    @Override
    void run(Call call) {
      each(call, Math::exp);
    }
  },
  /** Natural logarithm. */
  LOGARITHM(1) {
    @Override
    void run(Call call) {
      each(call, Math::log);
    }
  },
  /** Sine of an angle in radians. */
  SINE(1) {
    @Override
    void run(Call call) {
      each(call, Math::sin);
    }
  },
  /** Cosine of an angle in radians. */
  COSINE(1) {
    @Override
    void run(Call call) {
      each(call, Math::cos);
    }
  },
  /** 1 / (1 + e⁻ᵃ). */
  SIGMOID(1) {
    @Override
    void run(Call call) {
      each(call, a -> 1 / (1 + Math.exp(-a)));
    }
  },
  /** Hyperbolic tangent. */
  TANGENT(1) {
    @Override
    void run(Call call) {
      each(call, Math::tanh);
    }
  },
  /** W·x: the matrix by name, outputs × inputs. */
  LINEAR(1) {
    @Override
    long width(Operands of) {
      of.requireArgument(of.columns());
      return of.rows();
    }

    @Override
    void run(Call call) {
      columns(call, call.of()[0].length, call.into().length);
    }

    @Override
    double[] prepared(double[] matrix, int rows) {
      return transposed(matrix, rows);
    }
  },
  /** Wᵀ·x: the matrix by name, inputs × outputs. */
  LINEAR_TRANSPOSED(1) {
    @Override
    long width(Operands of) {
      of.requireArgument(of.rows());
      return of.columns();
    }

    @Override
    void run(Call call) {
      columns(call, call.of()[0].length, call.into().length);
    }
  },
  /** The row of a table, by name, that an index names. */
  LOOK_UP(1) {
    @Override
    long width(Operands of) {
      of.requireArgument(1);
      return of.columns();
    }

    @Override
    void run(Call call) {
      double[] into = call.into();
      int from = call.index(call.weights().length / into.length) * into.length;
      System.arraycopy(call.weights(), from, into, 0, into.length);
    }
  },
  /** Zeros, and a 1 where an index says. */
  ONE_HOT(1) {
    @Override
    long width(Operands of) {
      of.requireArgument(1);
      return of.width();
    }

    @Override
    void run(Call call) {
      int index = call.index(call.into().length);
      Arrays.fill(call.into(), 0);
      call.into()[index] = 1;
    }
  },
  /** Consecutive units, as many as the result is wide, from the one whose number is said. */
  SLICE(1) {
    @Override
    long width(Operands of) {
      double from = of.number();
      if (!(from >= 0 && from == Math.rint(from) && from + of.width() <= of.sum())) {
        throw new IllegalArgumentException(
            "it takes %s units from %s on, expected units of 0 to %s"
                .formatted(of.width(), Json.line(from), of.sum() - 1));
      }
      return of.width();
    }

    @Override
    void run(Call call) {
      System.arraycopy(call.of()[0], (int) call.number(), call.into(), 0, call.into().length);
    }
  },
  /** Arrays side by side. */
  JOIN(Operation.ANY) {
    @Override
    long width(Operands of) {
      return of.sum();
    }

    @Override
    void run(Call call) {
      int at = 0;
      for (double[] part : call.of()) {
        System.arraycopy(part, 0, call.into(), at, part.length);
        at += part.length;
      }
    }
  },
  /** Each unit several times, one beside the other, until the result is as wide as it is. */
  REPEAT(1) {
    @Override
    long width(Operands of) {
      Operands.requireMultiple(of.width(), of.common());
      return of.width();
    }

    @Override
    void run(Call call) {
      double[] into = call.into();
      int times = into.length / call.of()[0].length;
      for (int j = 0; j < into.length; j++) {
        into[j] = call.of()[0][j / times];
      }
    }
  },
  /** The sum over each of as many groups of consecutive units as the result is wide. */
  SUM(1) {
    @Override
    long width(Operands of) {
      Operands.requireMultiple(of.common(), of.width());
      return of.width();
    }

    @Override
    void run(Call call) {
      groups(call, Double::sum);
    }
  },
  /** The largest of each of as many groups of consecutive units as the result is wide. */
  LARGEST(1) {
    @Override
    long width(Operands of) {
      Operands.requireMultiple(of.common(), of.width());
      return of.width();
    }

    @Override
    void run(Call call) {
      groups(call, Math::max);
    }
  };

  /** At least one argument. */
  private static final int ANY = -1;

  private final int arguments;

  Operation(int arguments) {
    this.arguments = arguments;
  }

  /** Refuses more or fewer arguments than it takes. */
  void requireArguments(int found) {
    if (arguments == ANY ? found == 0 : found != arguments) {
      throw new IllegalArgumentException(
          "it has %s arguments, expected %s"
              .formatted(found, arguments == ANY ? "at least 1" : arguments));
    }
  }

  /**
   * The width of its value; if nothing else is said, that of its arguments.
   *
   * @throws IllegalArgumentException if these do not fit
   */
  long width(Operands of) {
    return of.common();
  }

  /**
   * An instruction with its places in memory.
   *
   * @param of values of its arguments, not modified
   * @param weights what it names, as {@link #prepared} has it; empty if it names nothing
   * @param number what it says; 0 if it says none
   * @param into overwritten with its value
   */
  record Call(double[][] of, double[] weights, double number, double[] into) {
    /** A unit of an argument. */
    double unit(int argument, int unit) {
      double[] a = of[argument];
      return a[a.length == 1 ? 0 : unit];
    }

    /**
     * Its argument as an index, of which a fraction is cut off, as kernels do.
     *
     * @param count of what it chooses from
     */
    int index(int count) {
      double index = of[0][0];
      if (!(index > -1 && index < count)) {
        throw new IllegalArgumentException(
            "found the index %s, expected one from 0 to %s".formatted(index, count - 1));
      }
      return (int) index;
    }
  }

  /** Computes its value. */
  abstract void run(Call call);

  /**
   * Weights as it wants to have them.
   *
   * @param matrix row-major, not modified
   */
  double[] prepared(double[] matrix, int rows) {
    return matrix;
  }

  /** How it is written in files. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static void each(Call call, DoubleUnaryOperator function) {
    double[] a = call.of()[0];
    double[] into = call.into();
    for (int j = 0; j < into.length; j++) {
      into[j] = function.applyAsDouble(a[j]);
    }
  }

  private static void both(Call call, DoubleBinaryOperator function) {
    double[] into = call.into();
    for (int j = 0; j < into.length; j++) {
      into[j] = function.applyAsDouble(call.unit(0, j), call.unit(1, j));
    }
  }

  private static void groups(Call call, DoubleBinaryOperator function) {
    double[] a = call.of()[0];
    double[] into = call.into();
    int size = a.length / into.length;
    for (int group = 0; group < into.length; group++) {
      double result = a[group * size];
      for (int j = group * size + 1; j < (group + 1) * size; j++) {
        result = function.applyAsDouble(result, a[j]);
      }
      into[group] = result;
    }
  }

  /** Column by column: the inner loop is one that compilers make vectors of. */
  private static void columns(Call call, int inputs, int outputs) {
    double[] x = call.of()[0];
    double[] columns = call.weights();
    double[] into = call.into();
    Arrays.fill(into, 0);
    for (int i = 0; i < inputs; i++) {
      double factor = x[i];
      int from = i * outputs;
      for (int j = 0; j < outputs; j++) {
        into[j] += columns[from + j] * factor;
      }
    }
  }

  private static double[] transposed(double[] matrix, int rows) {
    int columns = matrix.length / rows;
    double[] result = new double[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = matrix[row * columns + column];
      }
    }
    return result;
  }
}
