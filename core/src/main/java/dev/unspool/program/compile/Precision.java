// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;

/** What the polynomials and the bytecode need to know of float32 and of float64. */
enum Precision {
  FLOAT32(TypeKind.FLOAT, ConstantDescs.CD_float, ConstantDescs.CD_int, 32, 23),
  FLOAT64(TypeKind.DOUBLE, ConstantDescs.CD_double, ConstantDescs.CD_long, 64, 52);

  private final TypeKind kind;
  private final ClassDesc type;
  private final ClassDesc integer;
  private final int bits;
  private final int mantissaBits;

  Precision(TypeKind kind, ClassDesc type, ClassDesc integer, int bits, int mantissaBits) {
    this.kind = kind;
    this.type = type;
    this.integer = integer;
    this.bits = bits;
    this.mantissaBits = mantissaBits;
  }

  /** Of a local variable. */
  TypeKind kind() {
    return kind;
  }

  /** {@code float} or {@code double}. */
  ClassDesc type() {
    return type;
  }

  /** The integer type of the same size. */
  ClassDesc integer() {
    return integer;
  }

  /** Size of a number. */
  int bits() {
    return bits;
  }

  /** How many bits stand below the exponent. */
  int mantissaBits() {
    return mantissaBits;
  }

  /** Puts a number on the stack. */
  void push(CodeBuilder c, double number) {
    if (this == FLOAT32) {
      c.loadConstant((float) number);
    } else {
      c.loadConstant(number);
    }
  }

  /** Puts an integer of the same size on the stack. */
  void push(CodeBuilder c, long bits) {
    if (this == FLOAT32) {
      c.loadConstant((int) bits);
    } else {
      c.loadConstant(bits);
    }
  }

  /** Picks a number. */
  double of(double single, double twice) {
    return this == FLOAT32 ? single : twice;
  }

  /** Picks a number. */
  int of(int single, int twice) {
    return this == FLOAT32 ? single : twice;
  }

  /**
   * 1.5 · 2ᵐ, where a number has m bits below the exponent: added to something small, it leaves the
   * nearest integer in the lowest bits.
   */
  double round() {
    return Math.scalb(1.5, mantissaBits);
  }

  /** The bit pattern of a number of this precision. */
  long rawBits(double number) {
    return this == FLOAT32
        ? Float.floatToRawIntBits((float) number)
        : Double.doubleToRawLongBits(number);
  }

  /**
   * What {@link Operation.Kind#EXPONENT} adds before it shifts the mantissa out: with it, the
   * exponent of √½ is a multiple of two and none is negative.
   */
  long beforeShift() {
    return (exponentBias() << mantissaBits) - rawBits(Math.sqrt(0.5));
  }

  /** What {@link Operation.Kind#EXPONENT} adds afterwards. */
  long afterShift() {
    return rawBits(round()) - exponentBias();
  }

  private long exponentBias() {
    return this == FLOAT32 ? 128 : 1024;
  }
}
