// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.compile.Operation.Kind;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a sum, or a search for the largest, of the units of a group that lie in memory. Adds up in
 * sixteen sums, each of every sixteenth unit, then these, and then what is left one by one: so the
 * result has the same bits on vectors of any width.
 */
final class Reduction {
  private static final int SUMS = 16;

  private final CodeBuilder c;
  private final Kind combine;
  private final Target target;
  private final Target scalar;
  private final int units;

  /**
   * Writes nothing yet.
   *
   * @param target which of the sixteen sums are one value
   */
  Reduction(CodeBuilder c, Kind reduce, Target target, int units) {
    this.c = c;
    this.combine = reduce == Kind.REDUCE_SUM ? Kind.ADD : Kind.MAXIMUM;
    this.target = target;
    this.scalar = new ScalarTarget(target.precision());
    this.units = units;
  }

  /**
   * Leaves the result on the stack.
   *
   * @param array a local variable
   * @param start a local variable: index of the first unit
   */
  void write(int array, int start) {
    int result = c.allocateLocal(scalar.kind());
    int index = c.allocateLocal(TypeKind.INT);
    c.iload(start).istore(index);
    int rest = units;
    if (units >= SUMS) {
      rest = units % SUMS;
      combineSums(array, index, start, units - rest);
    } else {
      target.precision().push(c, combine == Kind.ADD ? 0 : Double.NEGATIVE_INFINITY);
    }
    c.storeLocal(scalar.kind(), result);
    if (rest > 0) {
      var again = c.newLabel();
      c.labelBinding(again);
      combine(
          scalar,
          () -> c.loadLocal(scalar.kind(), result),
          () -> scalar.load(c, () -> c.aload(array).iload(index)));
      c.storeLocal(scalar.kind(), result);
      c.iinc(index, 1);
      c.iload(index).iload(start).loadConstant(units).iadd().if_icmplt(again);
    }
    c.loadLocal(scalar.kind(), result);
  }

  private void combineSums(int array, int index, int start, int end) {
    int lanes = target.lanes();
    var sums = new ArrayList<Integer>();
    for (int i = 0; i < SUMS / lanes; i++) {
      target.broadcast(
          c, () -> target.precision().push(c, combine == Kind.ADD ? 0 : Double.NEGATIVE_INFINITY));
      int sum = c.allocateLocal(target.kind());
      c.storeLocal(target.kind(), sum);
      sums.add(sum);
    }
    var again = c.newLabel();
    c.labelBinding(again);
    for (int i = 0; i < sums.size(); i++) {
      int sum = sums.get(i);
      int first = i * lanes;
      combine(
          target,
          () -> c.loadLocal(target.kind(), sum),
          () ->
              target.load(
                  c,
                  () -> {
                    c.aload(array).iload(index);
                    if (first > 0) {
                      c.loadConstant(first).iadd();
                    }
                  }));
      c.storeLocal(target.kind(), sum);
    }
    c.iinc(index, SUMS);
    c.iload(index).iload(start).loadConstant(end).iadd().if_icmplt(again);
    int whole = halve(target, sums);
    var numbers = new ArrayList<Integer>();
    for (int i = 0; i < lanes; i++) {
      target.lane(c, () -> c.loadLocal(target.kind(), whole), i);
      int number = c.allocateLocal(scalar.kind());
      c.storeLocal(scalar.kind(), number);
      numbers.add(number);
    }
    c.loadLocal(scalar.kind(), halve(scalar, numbers));
  }

  /** Combines the first half of some local variables with the second until there is one. */
  private int halve(Target kind, List<Integer> sums) {
    for (int size = sums.size() / 2; size >= 1; size /= 2) {
      for (int i = 0; i < size; i++) {
        int a = sums.get(i);
        int b = sums.get(i + size);
        combine(kind, () -> c.loadLocal(kind.kind(), a), () -> c.loadLocal(kind.kind(), b));
        c.storeLocal(kind.kind(), a);
      }
    }
    return sums.getFirst();
  }

  private void combine(Target kind, Target.Push a, Target.Push b) {
    var left = new Operation(Kind.CONSTANT, List.of(), 0, null);
    var right = new Operation(Kind.CONSTANT, List.of(), 0, null);
    var both = new Operation(combine, List.of(left, right), 0, null);
    kind.operate(c, both, argument -> (argument == left ? a : b).write());
  }
}
