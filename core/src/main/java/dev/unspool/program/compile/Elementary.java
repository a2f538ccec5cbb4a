// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Arithmetic;
import dev.unspool.program.compile.Instruction.Kind;

/**
 * The functions of {@link Arithmetic} by the instructions that machines have. The same instructions
 * whether they run on vectors of any width or on scalars, and products are added with one rounding,
 * so all of them yield the same bits.
 *
 * <p>Largest errors found, in units in the last place:
 *
 * <pre>{@code
 *           exp   log   sin   cos   sigmoid  tanh
 * float32   1.0   0.8   1.5   1.6   2.1      2.4
 * float64   1     1     2     2     3        2
 * }</pre>
 *
 * <p>NaN stays NaN. The sigmoid of less than −87 (float64: −708) is that of −87, which is still a
 * normal number. Sine and cosine take angles beyond 4·10⁶ (float64: 10⁹) for 0: of so large a
 * float, little of the phase is left.
 */
final class Elementary implements Arithmetic<Instruction> {
  private final Precision precision;
  private final Body body;

  Elementary(Precision precision, Body body) {
    this.precision = precision;
    this.body = body;
  }

  @Override
  public Instruction constant(double value) {
    return body.constant(value);
  }

  private Instruction constant(double single, double twice) {
    return body.constant(precision.of(single, twice));
  }

  @Override
  public Instruction add(Instruction a, Instruction b) {
    return body.operation(Kind.ADD, a, b);
  }

  /** a − b. */
  Instruction subtract(Instruction a, Instruction b) {
    return body.operation(Kind.SUBTRACT, a, b);
  }

  @Override
  public Instruction multiply(Instruction a, Instruction b) {
    return body.operation(Kind.MULTIPLY, a, b);
  }

  /** a · b + c. */
  Instruction fma(Instruction a, Instruction b, Instruction c) {
    return body.operation(Kind.FMA, a, b, c);
  }

  @Override
  public Instruction divide(Instruction a, Instruction b) {
    return body.operation(Kind.DIVIDE, a, b);
  }

  @Override
  public Instruction negate(Instruction a) {
    return body.operation(Kind.NEGATE, a);
  }

  @Override
  public Instruction absolute(Instruction a) {
    return body.operation(Kind.ABSOLUTE, a);
  }

  @Override
  public Instruction minimum(Instruction a, Instruction b) {
    return body.operation(Kind.MINIMUM, a, b);
  }

  @Override
  public Instruction maximum(Instruction a, Instruction b) {
    return body.operation(Kind.MAXIMUM, a, b);
  }

  @Override
  public Instruction select(Instruction condition, Instruction then, Instruction otherwise) {
    return body.operation(Kind.CHOOSE_GREATER, condition, constant(0), then, otherwise);
  }

  @Override
  public Instruction atLeast(Instruction a, Instruction b) {
    return body.operation(Kind.CHOOSE_AT_LEAST, a, b, constant(1), constant(0));
  }

  @Override
  public Instruction squareRoot(Instruction a) {
    return body.operation(Kind.SQUARE_ROOT, a);
  }

  /** 2ⁿ · (1 + q) in two factors, so that neither is infinite or 0 where the result is not. */
  @Override
  public Instruction exponential(Instruction a) {
    Instruction x = clamp(a, precision.of(-105, -747), precision.of(89, 710));
    Instruction rounded = rounded(x);
    Instruction n = subtract(rounded, round());
    Instruction half = fma(n, constant(0.5), round());
    Instruction rest = add(subtract(n, subtract(half, round())), round());
    Instruction power = power(half);
    return multiply(fma(fraction(x, n), power, power), power(rest));
  }

  /**
   * With a = 2ᵏ·(1 + f) and s = f / (2 + f), ln(1 + f) is 2·artanh(s) = 2s + s·(⅔·s² + ⅖·s⁴ + …),
   * where 2s = f − s·f keeps the bits that a quotient would lose.
   */
  @Override
  public Instruction logarithm(Instruction a) {
    // Numbers without a full exponent are scaled up first.
    Instruction smallest = constant(Float.MIN_NORMAL, Double.MIN_NORMAL);
    int bits = precision.mantissaBits() + 1;
    Instruction scaled = multiply(a, constant(Math.scalb(1, bits)));
    Instruction x = body.operation(Kind.CHOOSE_AT_LEAST, a, smallest, a, scaled);
    Instruction shift =
        body.operation(Kind.CHOOSE_AT_LEAST, a, smallest, constant(0), constant(bits));

    Instruction exponent = subtract(body.operation(Kind.EXPONENT, x), round());
    Instruction mantissa = body.operation(Kind.SCALE, x, subtract(round(), exponent));
    Instruction k = subtract(exponent, shift);
    Instruction f = subtract(mantissa, constant(1));
    Instruction s = divide(f, add(f, constant(2)));
    Instruction z = multiply(s, s);
    int terms = precision.of(4, 10);
    Instruction p = constant(2.0 / (2 * terms + 1));
    for (int i = terms - 1; i >= 1; i--) {
      p = fma(p, z, constant(2.0 / (2 * i + 1)));
    }
    Instruction rest = fma(negate(p), z, f);
    Instruction low = fma(k, constant(-LN2_LOW_32, -LN2_LOW_64), multiply(s, rest));
    Instruction y = fma(k, constant(LN2_HIGH_32, LN2_HIGH_64), subtract(f, low));

    Instruction zero = constant(0);
    Instruction infinity = constant(Double.POSITIVE_INFINITY);
    Instruction none =
        body.operation(
            Kind.CHOOSE_AT_LEAST,
            a,
            zero,
            constant(Double.NEGATIVE_INFINITY),
            constant(Double.NaN));
    y = body.operation(Kind.CHOOSE_GREATER, a, zero, y, none);
    return body.operation(Kind.CHOOSE_AT_LEAST, a, infinity, a, y);
  }

  /** sin(n·π + r) = (−1)ⁿ·sin(r). */
  @Override
  public Instruction sine(Instruction a) {
    Instruction x = angle(a);
    Instruction rounded = fma(x, constant(1 / Math.PI), round());
    Instruction r = remainder(x, subtract(rounded, round()));
    return body.operation(Kind.FLIP, shortSine(r), rounded);
  }

  /** cos((n + ½)·π + r) = −(−1)ⁿ·sin(r). */
  @Override
  public Instruction cosine(Instruction a) {
    Instruction x = angle(a);
    Instruction quotient = fma(x, constant(1 / Math.PI), constant(-0.5));
    Instruction rounded = add(quotient, round());
    Instruction half = add(subtract(rounded, round()), constant(0.5));
    Instruction r = remainder(x, half);
    return body.operation(Kind.FLIP, negate(shortSine(r)), rounded);
  }

  @Override
  public Instruction sigmoid(Instruction a) {
    double limit = precision.of(87, 708);
    Instruction x = clamp(a, -limit, limit);
    Instruction rounded = rounded(x);
    Instruction power = power(rounded);
    Instruction e = fma(fraction(x, subtract(rounded, round())), power, power);
    return divide(e, add(e, constant(1)));
  }

  /** (e²ᵃ − 1) / (e²ᵃ + 1), by e²ᵃ − 1 = 2ⁿ·q + (2ⁿ − 1), so that nothing cancels around 0. */
  @Override
  public Instruction tangent(Instruction a) {
    double limit = precision.of(10, 20);
    Instruction x = clamp(a, -limit, limit);
    Instruction twice = add(x, x);
    Instruction rounded = rounded(twice);
    Instruction power = power(rounded);
    Instruction q = fraction(twice, subtract(rounded, round()));
    Instruction e = fma(q, power, subtract(power, constant(1)));
    return divide(e, add(e, constant(2)));
  }

  private static final double LN2_HIGH_32 = 0x1.62e4p-1;
  private static final double LN2_LOW_32 = 0x1.7f7d1cp-20;
  private static final double LN2_HIGH_64 = 0x1.62e42feep-1;
  private static final double LN2_LOW_64 = 0x1.a39ef35793c76p-33;

  private Instruction round() {
    return constant(precision.round());
  }

  private Instruction clamp(Instruction x, double low, double high) {
    Instruction top = constant(high);
    Instruction bottom = constant(low);
    Instruction upper = body.operation(Kind.CHOOSE_GREATER, x, top, top, x);
    return body.operation(Kind.CHOOSE_GREATER, bottom, upper, bottom, upper);
  }

  /** x / ln 2, rounded: the integer n stands in the lowest bits. */
  private Instruction rounded(Instruction x) {
    return fma(x, constant(1 / Math.log(2)), round());
  }

  /** 2ⁿ. */
  private Instruction power(Instruction rounded) {
    return body.operation(Kind.SCALE, constant(1), rounded);
  }

  /**
   * q = eʳ − 1 for r = x − n·ln 2, |r| ≤ ln 2 / 2, by the Taylor series. The first part of ln 2 has
   * so few bits that its product with n is exact.
   */
  private Instruction fraction(Instruction x, Instruction n) {
    Instruction r = fma(n, constant(-LN2_HIGH_32, -LN2_HIGH_64), x);
    r = fma(n, constant(-LN2_LOW_32, -LN2_LOW_64), r);
    int degree = precision.of(7, 13);
    double factorial = 1;
    for (int i = 2; i <= degree; i++) {
      factorial *= i;
    }
    Instruction p = constant(1 / factorial);
    for (int i = degree; i > 2; i--) {
      factorial /= i;
      p = fma(p, r, constant(1 / factorial));
    }
    return fma(multiply(p, r), r, r);
  }

  /** An angle that is not too large to be reduced; infinity becomes NaN. */
  private Instruction angle(Instruction a) {
    Instruction limit = constant(4e6, 1e9);
    return body.operation(Kind.CHOOSE_AT_LEAST, limit, absolute(a), a, subtract(a, a));
  }

  /** x − n·π, with π in three parts; the first difference is exact. */
  private Instruction remainder(Instruction x, Instruction n) {
    Instruction r = fma(n, constant(-0x1.921fb6p1, -0x1.921fb54442d18p1), x);
    r = fma(n, constant(0x1.777a5cp-24, -0x1.1a62633145c07p-53), r);
    return fma(n, constant(0x1.ee59dap-49, 0x1.f1976b7ed8fbcp-109), r);
  }

  /** sin(r) for |r| ≤ π/2, by the Taylor series. */
  private Instruction shortSine(Instruction r) {
    Instruction z = multiply(r, r);
    int degree = precision.of(13, 21);
    double factorial = 1;
    for (int i = 2; i <= degree; i++) {
      factorial *= i;
    }
    Instruction p = constant((degree & 2) == 0 ? 1 / factorial : -1 / factorial);
    for (int i = degree; i > 3; i -= 2) {
      factorial /= i * (i - 1.0);
      p = fma(p, z, constant((i & 2) == 0 ? -1 / factorial : 1 / factorial));
    }
    return fma(multiply(p, z), r, r);
  }
}
