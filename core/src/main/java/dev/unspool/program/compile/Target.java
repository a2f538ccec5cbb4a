// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;

/** What runs the operations: vectors of some width, or scalars. */
interface Target {
  /** Writes bytecode that leaves something on the stack. */
  interface Push {
    /** Writes it. */
    void write();
  }

  /** Writes bytecode that leaves the result of an operation on the stack. */
  interface PushResult {
    /** Writes it. */
    void write(Operation operation);
  }

  /**
   * Vectors of so many bits, or scalars where the units of a group do not fill one.
   *
   * <p>Narrower vectors would be faster for such groups, but would make those of all others slower:
   * where two species are at work, the compiler can no longer tell from a profile which one a
   * method of the Vector API is called on, does not inline it, and makes an object of each result.
   * Vectors of two numbers are not worth it either: the compiler has no masks for them.
   */
  static Target of(Precision precision, int bits, int units) {
    int lanes = bits / precision.bits();
    return lanes >= 4 && lanes <= units
        ? new VectorTarget(precision, bits)
        : new ScalarTarget(precision);
  }

  /** Precision of a number. */
  Precision precision();

  /** Of a local variable that holds a value. */
  TypeKind kind();

  /** Units that are computed at once. */
  int lanes();

  /** Leaves a value that has one number for all units. */
  void broadcast(CodeBuilder c, Push number);

  /** Leaves what stands in an array from an index on. */
  void load(CodeBuilder c, Push arrayAndIndex);

  /** Writes a value into an array from an index on. */
  void store(CodeBuilder c, Push value, Push arrayAndIndex);

  /** Leaves the result of an operation. */
  void operate(CodeBuilder c, Operation operation, PushResult arguments);

  /** Leaves one of the numbers of a value. */
  void lane(CodeBuilder c, Push value, int lane);

  /** {@code float[]} or {@code double[]}. */
  default ClassDesc array() {
    return precision().type().arrayType();
  }
}
