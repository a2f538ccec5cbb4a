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
   * The widest vectors of at most so many bits that the units of a group fill, or scalars. Vectors
   * of two numbers are not worth it: the compiler has no masks for them and makes objects instead.
   */
  static Target of(Precision precision, int bits, int units) {
    int lanes = bits / precision.bits();
    while (lanes > units) {
      lanes /= 2;
    }
    return lanes >= 4
        ? new VectorTarget(precision, lanes * precision.bits())
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
