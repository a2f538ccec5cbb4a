// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Arithmetic;
import dev.unspool.program.compile.Operation.Kind;

/**
 * The functions of {@link Arithmetic} by the operations that machines have. The same operations
 * whether they run on vectors of any width or on scalars, and products are added with one rounding,
 * so all of them yield the same bits.
 *
 * <p>Largest errors found, in units in the last place:
 *
 * <pre>{@code
 *           exp   log   sin   cos   sigmoid  tanh
 * float32   0.9   0.8   1.5   1.6   2.4      2.5
 * float64   1.0   1     2     2     2.4      2.5
 * }</pre>
 *
 * <p>NaN stays NaN. The sigmoid of less than −87 (float64: −708) is that of −87, which is still a
 * normal number. Sine and cosine take angles beyond 4·10⁶ (float64: 10⁹) for 0: of so large a
 * float, little of the phase is left.
 */
final class Elementary implements Arithmetic<Operation> {
  private final Precision precision;
  private final Body body;

  Elementary(Precision precision, Body body) {
    this.precision = precision;
    this.body = body;
  }

  @Override
  public Operation constant(double value) {
    return body.constant(value);
  }

  private Operation constant(double single, double twice) {
    return body.constant(precision.of(single, twice));
  }

  @Override
  public Operation add(Operation a, Operation b) {
    return body.operation(Kind.ADD, a, b);
  }

  /** a − b. */
  Operation subtract(Operation a, Operation b) {
    return body.operation(Kind.SUBTRACT, a, b);
  }

  @Override
  public Operation multiply(Operation a, Operation b) {
    return body.operation(Kind.MULTIPLY, a, b);
  }

  /** a · b + c. */
  Operation fma(Operation a, Operation b, Operation c) {
    return body.operation(Kind.FMA, a, b, c);
  }

  @Override
  public Operation divide(Operation a, Operation b) {
    return body.operation(Kind.DIVIDE, a, b);
  }

  @Override
  public Operation negate(Operation a) {
    return body.operation(Kind.NEGATE, a);
  }

  @Override
  public Operation absolute(Operation a) {
    return body.operation(Kind.ABSOLUTE, a);
  }

  @Override
  public Operation minimum(Operation a, Operation b) {
    return body.operation(Kind.MINIMUM, a, b);
  }

  @Override
  public Operation maximum(Operation a, Operation b) {
    return body.operation(Kind.MAXIMUM, a, b);
  }

  @Override
  public Operation select(Operation condition, Operation then, Operation otherwise) {
    return body.operation(Kind.CHOOSE_GREATER, condition, constant(0), then, otherwise);
  }

  @Override
  public Operation atLeast(Operation a, Operation b) {
    return body.operation(Kind.CHOOSE_AT_LEAST, a, b, constant(1), constant(0));
  }

  @Override
  public Operation squareRoot(Operation a) {
    return body.operation(Kind.SQUARE_ROOT, a);
  }

  /**
   * 2ⁿ · (1 + q) in two factors, so that neither is infinite or 0 where the result is not. With w =
   * r − (A − 2), q = 2r / (A − r) is r + r·w / (2 − w), of which most is exact.
   */
  @Override
  public Operation exponential(Operation a) {
    Operation x = limited(a, precision.of(105, 747));
    Operation rounded = rounded(x);
    Operation n = subtract(rounded, round());
    Operation r = rest(x, n);
    Operation w = subtract(r, multiply(bend(r), multiply(r, r)));
    Operation q = fma(divide(w, subtract(constant(2), w)), r, r);
    Operation half = fma(n, constant(0.5), round());
    Operation other = add(subtract(n, subtract(half, round())), round());
    Operation power = power(half);
    return multiply(fma(q, power, power), power(other));
  }

  /**
   * With a = 2ᵏ·(1 + f) and s = f / (2 + f), ln(1 + f) is 2·artanh(s) = 2s + s·(⅔·s² + ⅖·s⁴ + …),
   * where 2s = f − s·f keeps the bits that a quotient would lose.
   */
  @Override
  public Operation logarithm(Operation a) {
    // Numbers without a full exponent are scaled up first.
    Operation smallest = constant(Float.MIN_NORMAL, Double.MIN_NORMAL);
    int bits = precision.mantissaBits() + 1;
    Operation scaled = multiply(a, constant(Math.scalb(1, bits)));
    Operation x = body.operation(Kind.CHOOSE_AT_LEAST, a, smallest, a, scaled);
    Operation shift =
        body.operation(Kind.CHOOSE_AT_LEAST, a, smallest, constant(0), constant(bits));

    Operation exponent = subtract(body.operation(Kind.EXPONENT, x), round());
    Operation mantissa = body.operation(Kind.SCALE, x, subtract(round(), exponent));
    Operation k = subtract(exponent, shift);
    Operation f = subtract(mantissa, constant(1));
    Operation s = divide(f, add(f, constant(2)));
    Operation z = multiply(s, s);
    int terms = precision.of(4, 10);
    Operation p = constant(2.0 / (2 * terms + 1));
    for (int i = terms - 1; i >= 1; i--) {
      p = fma(p, z, constant(2.0 / (2 * i + 1)));
    }
    Operation rest = fma(negate(p), z, f);
    Operation low = fma(k, constant(-LN2_LOW_32, -LN2_LOW_64), multiply(s, rest));
    Operation y = fma(k, constant(LN2_HIGH_32, LN2_HIGH_64), subtract(f, low));

    Operation zero = constant(0);
    Operation infinity = constant(Double.POSITIVE_INFINITY);
    Operation none =
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
  public Operation sine(Operation a) {
    Operation x = angle(a);
    Operation rounded = fma(x, constant(1 / Math.PI), round());
    Operation r = remainder(x, subtract(rounded, round()));
    return body.operation(Kind.FLIP, shortSine(r), rounded);
  }

  /** cos((n + ½)·π + r) = −(−1)ⁿ·sin(r). */
  @Override
  public Operation cosine(Operation a) {
    Operation x = angle(a);
    Operation quotient = fma(x, constant(1 / Math.PI), constant(-0.5));
    Operation rounded = add(quotient, round());
    Operation half = add(subtract(rounded, round()), constant(0.5));
    Operation r = remainder(x, half);
    return body.operation(Kind.FLIP, negate(shortSine(r)), rounded);
  }

  /** eᵃ / (eᵃ + 1) = 2ⁿ·(A + r) / (2ⁿ·(A + r) + (A − r)). */
  @Override
  public Operation sigmoid(Operation a) {
    Operation x = limited(a, largest());
    Operation rounded = rounded(x);
    Operation r = rest(x, subtract(rounded, round()));
    Operation even = even(r);
    Operation up = body.operation(Kind.SCALE, add(even, r), rounded);
    return divide(up, add(up, subtract(even, r)));
  }

  /**
   * (e²ᵃ − 1) / (e²ᵃ + 1) = ((2ⁿ − 1)·A + (2ⁿ + 1)·r) / ((2ⁿ + 1)·A + (2ⁿ − 1)·r), so that nothing
   * cancels around 0. Where n is large, so little depends on r that ln 2 need not have two parts.
   */
  @Override
  public Operation tangent(Operation a) {
    Operation x = limited(add(a, a), largest());
    Operation rounded = rounded(x);
    Operation r = fma(subtract(rounded, round()), constant(-Math.log(2)), x);
    Operation even = even(r);
    Operation power = power(rounded);
    Operation less = subtract(power, constant(1));
    Operation more = add(power, constant(1));
    return divide(fma(less, even, multiply(more, r)), fma(more, even, multiply(less, r)));
  }

  private static final double[] EVEN_32 = {0.16666625824543277, -0.0027667617148709276};
  private static final double[] EVEN_64 = {
    0.16666666666666602,
    -0.0027777777777016995,
    0.00006613756321840031,
    -0.0000016533902625023479,
    4.1381514213003087e-8
  };
  private static final double LN2_HIGH_32 = 0x1.62e4p-1;
  private static final double LN2_LOW_32 = 0x1.7f7d1cp-20;
  private static final double LN2_HIGH_64 = 0x1.62e42feep-1;
  private static final double LN2_LOW_64 = 0x1.a39ef35793c76p-33;

  private Operation round() {
    return constant(precision.round());
  }

  /** x within ±limit. */
  private Operation limited(Operation x, double limit) {
    return body.operation(Kind.LIMIT, x, constant(limit));
  }

  /** Of what eˣ and e⁻ˣ are normal numbers. */
  private double largest() {
    return precision.of(87, 708);
  }

  /** x / ln 2, rounded: the integer n stands in the lowest bits. */
  private Operation rounded(Operation x) {
    return fma(x, constant(1 / Math.log(2)), round());
  }

  /** 2ⁿ. */
  private Operation power(Operation rounded) {
    return body.operation(Kind.SCALE, constant(1), rounded);
  }

  /**
   * r = x − n·ln 2, |r| ≤ ln 2 / 2. The first part of ln 2 has so few bits that its product with n
   * is exact.
   */
  private Operation rest(Operation x, Operation n) {
    Operation r = fma(n, constant(-LN2_HIGH_32, -LN2_HIGH_64), x);
    return fma(n, constant(-LN2_LOW_32, -LN2_LOW_64), r);
  }

  /**
   * A = r·coth(r/2), an even function of which a polynomial knows more than of eʳ = (A + r) / (A −
   * r).
   */
  private Operation even(Operation r) {
    return fma(bend(r), multiply(r, r), constant(2));
  }

  /**
   * (A − 2) / r². The polynomial in r² is off from it, in parts of A, by 2·10⁻⁹ (float64: 8·10⁻¹⁹)
   * at most, and no other of its degree by less.
   */
  private Operation bend(Operation r) {
    Operation z = multiply(r, r);
    double[] factors = precision == Precision.FLOAT32 ? EVEN_32 : EVEN_64;
    Operation p = constant(factors[factors.length - 1]);
    for (int i = factors.length - 2; i >= 0; i--) {
      p = fma(p, z, constant(factors[i]));
    }
    return p;
  }

  /** An angle that is not too large to be reduced; infinity becomes NaN. */
  private Operation angle(Operation a) {
    Operation limit = constant(4e6, 1e9);
    return body.operation(Kind.CHOOSE_AT_LEAST, limit, absolute(a), a, subtract(a, a));
  }

  /** x − n·π, with π in three parts; the first difference is exact. */
  private Operation remainder(Operation x, Operation n) {
    Operation r = fma(n, constant(-0x1.921fb6p1, -0x1.921fb54442d18p1), x);
    r = fma(n, constant(0x1.777a5cp-24, -0x1.1a62633145c07p-53), r);
    return fma(n, constant(0x1.ee59dap-49, 0x1.f1976b7ed8fbcp-109), r);
  }

  /** sin(r) for |r| ≤ π/2, by the Taylor series. */
  private Operation shortSine(Operation r) {
    Operation z = multiply(r, r);
    int degree = precision.of(13, 21);
    double factorial = 1;
    for (int i = 2; i <= degree; i++) {
      factorial *= i;
    }
    Operation p = constant((degree & 2) == 0 ? 1 / factorial : -1 / factorial);
    for (int i = degree; i > 3; i -= 2) {
      factorial /= i * (i - 1.0);
      p = fma(p, z, constant((i & 2) == 0 ? -1 / factorial : 1 / factorial));
    }
    return fma(multiply(p, z), r, r);
  }
}
