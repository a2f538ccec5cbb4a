// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.unspool.program.Piece;
import dev.unspool.program.compile.Operation.Kind;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes one loop as a method: for all rows, for all groups of a row, for all units of a group. In
 * Java:
 *
 * <pre>{@code
 * static void loop(float[][] arrays, int[] offsets, int from, int to) {
 *   FloatVector one = broadcast(SPECIES, 1);                         // constants
 *   for (int row = from; row < to; row++) {
 *     for (int group = 0; group < GROUPS; group++) {
 *       int at = offsets[A] + row * STRIDE + COLUMN + group * UNITS; // for each place
 *       FloatVector mean = broadcast(SPECIES, arrays[B][at2]);       // values of the group
 *       int end = UNITS & -L;
 *       int unit = 0;
 *       while (true) {
 *         for (; unit < end; unit += L) {
 *           …
 *         }
 *         if (end == UNITS) break;
 *         end = UNITS;
 *         unit = UNITS - L;                   // the last vector may overlap the one before
 *       }
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>So there are no masks, which are slow: nothing that is written is ever read by the same loop,
 * so that some units may well be computed twice. A loop over groups has no innermost loop but those
 * of its reductions.
 */
final class LoopMethod {
  /** A method of more bytes is not inlined into its caller, which would grow too large itself. */
  private static final int INLINED = 325;

  private record Address(Piece.Place place, boolean perUnit) {}

  private interface PushAddress {
    void write(Address address);
  }

  private final CodeBuilder c;
  private final int first;
  private final LoopPlan plan;
  private final Body body;
  private final boolean perUnit;
  private final Target vectors;
  private final Target scalar;

  /** What runs the body. */
  private final Target target;

  private final Locals locals;
  private final Map<Integer, Integer> arrays = new HashMap<>();
  private final Map<Integer, Integer> offsets = new HashMap<>();
  private final Map<Address, Integer> starts = new HashMap<>();
  private final int row;
  private final int group;
  private final int unit;

  private LoopMethod(CodeBuilder c, int first, LoopPlan plan, LoopPlan.Cut cut, Target vectors) {
    this.c = c;
    this.first = first;
    this.plan = plan;
    this.body = Translation.of(plan, cut, vectors.precision());
    this.perUnit = cut.perUnit();
    this.vectors = vectors;
    this.scalar = new ScalarTarget(vectors.precision());
    this.target = perUnit ? vectors : scalar;
    this.locals = new Locals(c, target.kind(), body);
    this.row = c.allocateLocal(TypeKind.INT);
    this.group = c.allocateLocal(TypeKind.INT);
    this.unit = c.allocateLocal(TypeKind.INT);
  }

  /** {@code void (float[][] arrays, int[] offsets, int from, int to)}. */
  static MethodTypeDesc type(Precision precision) {
    return MethodTypeDesc.of(
        CD_void, precision.type().arrayType(2), CD_int.arrayType(), CD_int, CD_int);
  }

  /**
   * Writes the code of a method of type {@link #type}.
   *
   * @param first local variable that holds its first argument
   * @param vectors what runs a loop over units
   */
  static void write(CodeBuilder c, int first, LoopPlan plan, LoopPlan.Cut cut, Target vectors) {
    new LoopMethod(c, first, plan, cut, vectors).write();
  }

  private void write() {
    loadArrays();
    for (Operation i : body.operations()) {
      if (i.kind() == Kind.CONSTANT) {
        target.broadcast(c, () -> target.precision().push(c, i.number()));
        locals.define(i);
      }
    }
    c.iload(first + 2).istore(row);
    loop(
        row,
        () -> c.iload(first + 3),
        1,
        () -> {
          c.iconst_0().istore(group);
          if (plan.groups() == 1) {
            group();
          } else {
            loop(group, () -> c.loadConstant(plan.groups()), 1, this::group);
          }
        });
    c.return_();
    // Never reached: this makes the method too long to be inlined.
    for (int i = 0; i < INLINED; i++) {
      c.nop();
    }
    c.return_();
  }

  /** {@code for (; index < end; index += step) inner}. */
  private void loop(int index, Target.Push end, int step, Target.Push inner) {
    var again = c.newLabel();
    var done = c.newLabel();
    c.labelBinding(again);
    c.iload(index);
    end.write();
    c.if_icmpge(done);
    inner.write();
    c.iinc(index, step);
    c.goto_(again);
    c.labelBinding(done);
  }

  private void loadArrays() {
    for (Operation i : body.operations()) {
      if (i.isMemory() && !arrays.containsKey(i.place().array())) {
        int number = i.place().array();
        int array = c.allocateLocal(TypeKind.REFERENCE);
        int offset = c.allocateLocal(TypeKind.INT);
        c.aload(first).loadConstant(number).aaload().astore(array);
        c.aload(first + 1).loadConstant(number).iaload().istore(offset);
        arrays.put(number, array);
        offsets.put(number, offset);
      }
    }
  }

  private void group() {
    for (Operation i : body.operations()) {
      if (i.isMemory() && !starts.containsKey(address(i))) {
        start(address(i));
      }
    }
    for (Operation i : body.operations()) {
      switch (i.kind()) {
        case LOAD_GROUP -> {
          target.broadcast(c, () -> scalar.load(c, () -> pushStart(address(i))));
          locals.define(i);
        }
        case REDUCE_SUM, REDUCE_MAXIMUM -> {
          new Reduction(c, i.kind(), vectors, plan.units())
              .write(local(arrays, i.place().array()), local(starts, address(i)));
          locals.define(i);
        }
        default -> {}
      }
    }
    if (perUnit) {
      units();
    } else {
      compute(this::pushStart);
    }
  }

  private Address address(Operation i) {
    boolean ofUnits =
        switch (i.kind()) {
          case LOAD_GROUP -> false;
          case STORE -> perUnit;
          default -> true;
        };
    return new Address(i.place(), ofUnits);
  }

  /** Where the values of this row and group begin. */
  private void start(Address address) {
    Piece.Place place = address.place();
    int start = c.allocateLocal(TypeKind.INT);
    starts.put(address, start);
    c.iload(local(offsets, place.array()));
    if (place.stride() != 0) {
      c.iload(row).loadConstant(place.stride()).imul().iadd();
    }
    if (place.column() != 0) {
      c.loadConstant(place.column()).iadd();
    }
    if (plan.groups() > 1) {
      c.iload(group);
      if (address.perUnit()) {
        c.loadConstant(plan.units()).imul();
      }
      c.iadd();
    }
    c.istore(start);
  }

  private static <K> int local(Map<K, Integer> of, K key) {
    Integer local = of.get(key);
    if (local == null) {
      throw new IllegalStateException("no local variable for " + key);
    }
    return local;
  }

  private void pushStart(Address address) {
    c.aload(local(arrays, address.place().array())).iload(local(starts, address));
  }

  private void pushUnit(Address address) {
    pushStart(address);
    c.iload(unit).iadd();
  }

  private void units() {
    int units = plan.units();
    int lanes = target.lanes();
    int whole = units / lanes * lanes;
    c.iconst_0().istore(unit);
    if (whole == units) {
      loop(unit, () -> c.loadConstant(units), lanes, () -> compute(this::pushUnit));
      return;
    }
    int end = c.allocateLocal(TypeKind.INT);
    var again = c.newLabel();
    var done = c.newLabel();
    c.loadConstant(whole).istore(end);
    c.labelBinding(again);
    loop(unit, () -> c.iload(end), lanes, () -> compute(this::pushUnit));
    c.iload(end).loadConstant(units).if_icmpeq(done);
    c.loadConstant(units).istore(end);
    c.loadConstant(units - lanes).istore(unit);
    c.goto_(again);
    c.labelBinding(done);
  }

  /** All that is not computed before the loop over units. */
  private void compute(PushAddress push) {
    for (Operation i : body.operations()) {
      if (i.isBeforeUnits()) {
        continue;
      }
      switch (i.kind()) {
        case LOAD -> {
          target.load(c, () -> push.write(address(i)));
          locals.define(i);
        }
        case STORE -> {
          target.store(c, () -> locals.push(i.argument(0)), () -> push.write(address(i)));
          locals.after(i);
        }
        default -> {
          target.operate(c, i, locals::push);
          locals.after(i);
          locals.define(i);
        }
      }
    }
  }
}
