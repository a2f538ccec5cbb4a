// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Collections;

/** Runs operations unit by unit. */
record ScalarTarget(Precision precision) implements Target {
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");

  @Override
  public TypeKind kind() {
    return precision.kind();
  }

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void broadcast(CodeBuilder c, Push number) {
    number.write();
  }

  @Override
  public void load(CodeBuilder c, Push arrayAndIndex) {
    arrayAndIndex.write();
    c.arrayLoad(kind());
  }

  @Override
  public void store(CodeBuilder c, Push value, Push arrayAndIndex) {
    arrayAndIndex.write();
    value.write();
    c.arrayStore(kind());
  }

  @Override
  public void lane(CodeBuilder c, Push value, int lane) {
    value.write();
  }

  @Override
  public void operate(CodeBuilder c, Operation i, PushResult arguments) {
    switch (i.kind()) {
      case CHOOSE_GREATER, CHOOSE_AT_LEAST -> choose(c, i, arguments);
      case LIMIT -> limit(c, i, arguments);
      case SCALE -> scale(c, i, arguments);
      case FLIP -> flip(c, i, arguments);
      case EXPONENT -> exponent(c, i, arguments);
      default -> {
        i.arguments().forEach(arguments::write);
        arithmetic(c, i);
      }
    }
  }

  private void arithmetic(CodeBuilder c, Operation i) {
    switch (i.kind()) {
      case ADD -> either(c, CodeBuilder::fadd, CodeBuilder::dadd);
      case SUBTRACT -> either(c, CodeBuilder::fsub, CodeBuilder::dsub);
      case MULTIPLY -> either(c, CodeBuilder::fmul, CodeBuilder::dmul);
      case DIVIDE -> either(c, CodeBuilder::fdiv, CodeBuilder::ddiv);
      case NEGATE -> either(c, CodeBuilder::fneg, CodeBuilder::dneg);
      case FMA -> math(c, "fma", 3);
      case ABSOLUTE -> math(c, "abs", 1);
      case MINIMUM -> math(c, "min", 2);
      case MAXIMUM -> math(c, "max", 2);
      case SQUARE_ROOT -> {
        // Exact in float32, too: twice rounded is as good as once here.
        either(c, CodeBuilder::f2d, CodeBuilder::nop);
        c.invokestatic(
            MATH, "sqrt", MethodTypeDesc.of(ConstantDescs.CD_double, ConstantDescs.CD_double));
        either(c, CodeBuilder::d2f, CodeBuilder::nop);
      }
      default -> throw new IllegalStateException(i.toString());
    }
  }

  private void choose(CodeBuilder c, Operation i, PushResult arguments) {
    var otherwise = c.newLabel();
    var end = c.newLabel();
    arguments.write(i.argument(0));
    arguments.write(i.argument(1));
    either(c, CodeBuilder::fcmpl, CodeBuilder::dcmpl);
    if (i.kind() == Operation.Kind.CHOOSE_GREATER) {
      c.ifle(otherwise);
    } else {
      c.iflt(otherwise);
    }
    arguments.write(i.argument(2));
    c.goto_(end);
    c.labelBinding(otherwise);
    arguments.write(i.argument(3));
    c.labelBinding(end);
  }

  private void limit(CodeBuilder c, Operation i, PushResult arguments) {
    var inside = c.newLabel();
    var end = c.newLabel();
    arguments.write(i.argument(0));
    math(c, "abs", 1);
    arguments.write(i.argument(1));
    either(c, CodeBuilder::fcmpl, CodeBuilder::dcmpl);
    c.ifle(inside);
    arguments.write(i.argument(1));
    arguments.write(i.argument(0));
    math(c, "copySign", 2);
    c.goto_(end);
    c.labelBinding(inside);
    arguments.write(i.argument(0));
    c.labelBinding(end);
  }

  private void scale(CodeBuilder c, Operation i, PushResult arguments) {
    arguments.write(i.argument(0));
    toBits(c);
    arguments.write(i.argument(1));
    toBits(c);
    c.loadConstant(precision.mantissaBits());
    either(c, CodeBuilder::ishl, CodeBuilder::lshl);
    either(c, CodeBuilder::iadd, CodeBuilder::ladd);
    fromBits(c);
  }

  private void flip(CodeBuilder c, Operation i, PushResult arguments) {
    arguments.write(i.argument(0));
    toBits(c);
    arguments.write(i.argument(1));
    toBits(c);
    c.loadConstant(precision.bits() - 1);
    either(c, CodeBuilder::ishl, CodeBuilder::lshl);
    either(c, CodeBuilder::ixor, CodeBuilder::lxor);
    fromBits(c);
  }

  private void exponent(CodeBuilder c, Operation i, PushResult arguments) {
    arguments.write(i.argument(0));
    toBits(c);
    precision.push(c, precision.beforeShift());
    either(c, CodeBuilder::iadd, CodeBuilder::ladd);
    c.loadConstant(precision.mantissaBits());
    either(c, CodeBuilder::iushr, CodeBuilder::lushr);
    precision.push(c, precision.afterShift());
    either(c, CodeBuilder::iadd, CodeBuilder::ladd);
    fromBits(c);
  }

  private void toBits(CodeBuilder c) {
    c.invokestatic(
        isFloat() ? ConstantDescs.CD_Float : ConstantDescs.CD_Double,
        isFloat() ? "floatToRawIntBits" : "doubleToRawLongBits",
        MethodTypeDesc.of(precision.integer(), precision.type()));
  }

  private void fromBits(CodeBuilder c) {
    c.invokestatic(
        isFloat() ? ConstantDescs.CD_Float : ConstantDescs.CD_Double,
        isFloat() ? "intBitsToFloat" : "longBitsToDouble",
        MethodTypeDesc.of(precision.type(), precision.integer()));
  }

  private void math(CodeBuilder c, String name, int arguments) {
    ClassDesc type = precision.type();
    c.invokestatic(MATH, name, MethodTypeDesc.of(type, Collections.nCopies(arguments, type)));
  }

  private interface Step {
    void write(CodeBuilder c);
  }

  private void either(CodeBuilder c, Step single, Step twice) {
    (isFloat() ? single : twice).write(c);
  }

  private boolean isFloat() {
    return precision == Precision.FLOAT32;
  }
}
