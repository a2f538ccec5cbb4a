// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.unspool.program.compile.Operation.Kind;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Collections;

/**
 * Runs operations by the Vector API. Names its classes, but loads none of them: that does the
 * generated class. The species stands in a constant of the library, from which the compiler knows
 * it.
 */
final class VectorTarget implements Target {
  private static final String PACKAGE = "jdk.incubator.vector.";
  private static final ClassDesc ANY = ClassDesc.of(PACKAGE + "Vector");
  private static final ClassDesc MASK = ClassDesc.of(PACKAGE + "VectorMask");
  private static final ClassDesc SPECIES = ClassDesc.of(PACKAGE + "VectorSpecies");
  private static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE + "VectorOperators");
  private static final ClassDesc BINARY = OPERATORS.nested("Binary");
  private static final ClassDesc ASSOCIATIVE = OPERATORS.nested("Associative");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");

  private final Precision precision;
  private final int bits;
  private final ClassDesc vector;
  private final ClassDesc integers;

  VectorTarget(Precision precision, int bits) {
    this.precision = precision;
    this.bits = bits;
    boolean single = precision == Precision.FLOAT32;
    vector = ClassDesc.of(PACKAGE + (single ? "FloatVector" : "DoubleVector"));
    integers = ClassDesc.of(PACKAGE + (single ? "IntVector" : "LongVector"));
  }

  @Override
  public TypeKind kind() {
    return TypeKind.REFERENCE;
  }

  @Override
  public int lanes() {
    return bits / precision.bits();
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public void broadcast(CodeBuilder c, Push number) {
    species(c);
    number.write();
    c.invokestatic(vector, "broadcast", MethodTypeDesc.of(vector, SPECIES, precision.type()));
  }

  @Override
  public void load(CodeBuilder c, Push arrayAndIndex) {
    species(c);
    arrayAndIndex.write();
    c.invokestatic(vector, "fromArray", MethodTypeDesc.of(vector, SPECIES, array(), CD_int));
  }

  @Override
  public void store(CodeBuilder c, Push value, Push arrayAndIndex) {
    value.write();
    arrayAndIndex.write();
    c.invokevirtual(vector, "intoArray", MethodTypeDesc.of(CD_void, array(), CD_int));
  }

  @Override
  public void lane(CodeBuilder c, Push value, int lane) {
    value.write();
    c.loadConstant(lane);
    c.invokevirtual(vector, "lane", MethodTypeDesc.of(precision.type(), CD_int));
  }

  @Override
  public void operate(CodeBuilder c, Operation i, PushResult arguments) {
    switch (i.kind()) {
      case CHOOSE_GREATER -> choose(c, "GT", i, arguments);
      case CHOOSE_AT_LEAST -> choose(c, "GE", i, arguments);
      case LIMIT -> limit(c, i, arguments);
      case SCALE -> {
        bitsOf(c, i.argument(0), arguments);
        bitsOf(c, i.argument(1), arguments);
        shift(c, "LSHL", precision.mantissaBits());
        c.invokevirtual(integers, "add", MethodTypeDesc.of(integers, ANY));
        fromBits(c);
      }
      case FLIP -> {
        bitsOf(c, i.argument(0), arguments);
        c.getstatic(OPERATORS, "XOR", ASSOCIATIVE);
        bitsOf(c, i.argument(1), arguments);
        shift(c, "LSHL", precision.bits() - 1);
        c.invokevirtual(integers, "lanewise", MethodTypeDesc.of(integers, BINARY, ANY));
        fromBits(c);
      }
      case EXPONENT -> {
        bitsOf(c, i.argument(0), arguments);
        addBits(c, precision.beforeShift());
        shift(c, "LSHR", precision.mantissaBits());
        addBits(c, precision.afterShift());
        fromBits(c);
      }
      default -> {
        i.arguments().forEach(arguments::write);
        c.invokevirtual(
            vector,
            name(i.kind()),
            MethodTypeDesc.of(vector, Collections.nCopies(i.arguments().size() - 1, ANY)));
      }
    }
  }

  private static String name(Kind kind) {
    return switch (kind) {
      case ADD -> "add";
      case SUBTRACT -> "sub";
      case MULTIPLY -> "mul";
      case DIVIDE -> "div";
      case FMA -> "fma";
      case NEGATE -> "neg";
      case ABSOLUTE -> "abs";
      case SQUARE_ROOT -> "sqrt";
      case MINIMUM -> "min";
      case MAXIMUM -> "max";
      default -> throw new IllegalStateException("no method of a vector: " + kind);
    };
  }

  private void choose(CodeBuilder c, String comparison, Operation i, PushResult arguments) {
    arguments.write(i.argument(3));
    arguments.write(i.argument(2));
    arguments.write(i.argument(0));
    c.getstatic(OPERATORS, comparison, COMPARISON);
    arguments.write(i.argument(1));
    c.invokevirtual(vector, "compare", MethodTypeDesc.of(MASK, COMPARISON, ANY));
    c.invokevirtual(vector, "blend", MethodTypeDesc.of(vector, ANY, MASK));
  }

  /** One comparison, since on some machines these wait for multiplications. */
  private void limit(CodeBuilder c, Operation i, PushResult arguments) {
    arguments.write(i.argument(0));
    bitsOf(c, i.argument(0), arguments);
    precision.push(c, precision.rawBits(-0.0));
    c.invokevirtual(integers, "and", MethodTypeDesc.of(integers, precision.integer()));
    bitsOf(c, i.argument(1), arguments);
    c.invokevirtual(integers, "or", MethodTypeDesc.of(integers, ANY));
    fromBits(c);
    arguments.write(i.argument(0));
    c.invokevirtual(vector, "abs", MethodTypeDesc.of(vector));
    c.getstatic(OPERATORS, "GT", COMPARISON);
    arguments.write(i.argument(1));
    c.invokevirtual(vector, "compare", MethodTypeDesc.of(MASK, COMPARISON, ANY));
    c.invokevirtual(vector, "blend", MethodTypeDesc.of(vector, ANY, MASK));
  }

  private void bitsOf(CodeBuilder c, Operation value, PushResult arguments) {
    arguments.write(value);
    String name = precision == Precision.FLOAT32 ? "reinterpretAsInts" : "reinterpretAsLongs";
    c.invokevirtual(vector, name, MethodTypeDesc.of(integers));
  }

  private void fromBits(CodeBuilder c) {
    String name = precision == Precision.FLOAT32 ? "reinterpretAsFloats" : "reinterpretAsDoubles";
    c.invokevirtual(integers, name, MethodTypeDesc.of(vector));
  }

  private void shift(CodeBuilder c, String direction, int by) {
    c.getstatic(OPERATORS, direction, BINARY);
    precision.push(c, (long) by);
    c.invokevirtual(integers, "lanewise", MethodTypeDesc.of(integers, BINARY, precision.integer()));
  }

  private void addBits(CodeBuilder c, long bits) {
    precision.push(c, bits);
    c.invokevirtual(integers, "add", MethodTypeDesc.of(integers, precision.integer()));
  }

  private void species(CodeBuilder c) {
    c.getstatic(vector, "SPECIES_" + bits, SPECIES);
  }
}
