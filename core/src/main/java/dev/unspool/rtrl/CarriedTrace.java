// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.model.Snapshot;
import dev.unspool.program.Leaf;
import dev.unspool.program.Loop;
import dev.unspool.program.Node;
import dev.unspool.program.WatchedValues;
import java.util.Arrays;
import java.util.function.ToIntFunction;

/** The numbers of one {@link TracePlan.Trace}, for all lanes, and what is done with them. */
final class CarriedTrace {
  /** Numbers that go through all steps and lanes together, so that they stay in a cache. */
  private static final int CHUNK = 2048;

  private static final float[] ONE = {1};

  private final TracePlan.Trace plan;
  private final int lanes;
  private final int count;
  private final int units;
  private final int outer;
  private final int inner;

  /** For each array of the state: lanes × outer × inner. */
  private final float[][] values;

  /** What the traces of all lanes come to in the gradient: outer × inner. */
  private final float[] sum;

  private final Loop advance;
  private final Loop contract;
  private final Loop contractAndFlush;

  /** Number, among what is read off the tape, of each coefficient; and of x, −1 for none. */
  private final int[] coefficients;

  private final int x;

  /** Number of each derivative of an initial value; −1 where it is a number. */
  private final int[] initial;

  /** What came back to each array of the state: lanes × units. */
  private float[][] adjoints = new float[0][];

  /** What one thread works with. */
  final class Hand {
    private final float[][] scratch;
    private final float[][] sums;
    private final float[] hot;
    private final float[] intermediate;
    private final float[][] arrays;
    private final int[] offsets;

    private Hand() {
      int size = chunkRows() * inner;
      scratch = new float[count][size];
      sums = new float[2][size];
      hot = new float[plan.indexed() ? chunkRows() : 0];
      intermediate = new float[scratchOfRow() * chunkRows()];
      arrays = new float[2 * count + 2 + Math.max(1, coefficients.length)][];
      offsets = new int[arrays.length];
    }
  }

  /**
   * Zeros.
   *
   * @param watched number of a node among what is read off the tape
   */
  CarriedTrace(TracePlan.Trace plan, int lanes, ToIntFunction<Node> watched) {
    this.plan = plan;
    this.lanes = lanes;
    this.count = plan.states().length;
    this.units = plan.units();
    this.outer = plan.outer();
    this.inner = plan.inner();
    var made = TracePieces.advance(plan);
    this.advance = made.loop();
    this.contract = TracePieces.contract(plan, false);
    this.contractAndFlush = TracePieces.contract(plan, true);
    this.coefficients = made.coefficients().stream().mapToInt(watched).toArray();
    Node by = plan.x();
    this.x = by == null ? -1 : watched.applyAsInt(by);
    this.initial = new int[count];
    for (int i = 0; i < count; i++) {
      Node node = plan.initial()[i];
      initial[i] = node == null || node.isConstant() ? -1 : watched.applyAsInt(node);
    }
    long size = (long) lanes * outer * inner;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          ("%s lanes × %s × %s derivatives of '%s' do not fit into one Java array; use fewer lanes")
              .formatted(lanes, outer, inner, plan.states()[0]));
    }
    this.values = new float[count][(int) size];
    this.sum = new float[outer * inner];
  }

  /** Number of values. */
  long size() {
    return (long) count * lanes * outer * inner;
  }

  /** Rows of the loops over it. */
  int rows() {
    return outer;
  }

  /** Rows that are gone through together. */
  int chunkRows() {
    return Math.clamp(CHUNK / inner, 1, outer);
  }

  private int scratchOfRow() {
    int ofContract = Math.max(contract.scratch(), contractAndFlush.scratch());
    return Math.max(advance.scratch(), ofContract);
  }

  Hand hand() {
    return new Hand();
  }

  /** Says where to find what comes back to the state, by number of the array. */
  void read(float[][] ofStates) {
    adjoints =
        Arrays.stream(plan.states()).mapToObj(state -> ofStates[state]).toArray(float[][]::new);
  }

  /**
   * Takes steps in, for some rows of a lane.
   *
   * @param oldest age of the first of these steps
   * @param steps how many
   */
  void advance(Hand hand, WatchedValues tape, int lane, int from, int to, int oldest, int steps) {
    int row = lane * outer * inner;
    boolean aside = false; // whether the newest values are in the scratch
    for (int age = oldest; age > oldest - steps; age--) {
      for (int i = 0; i < count; i++) {
        // The same two arrays by turns: what is read, and what is written.
        hand.arrays[i] = aside ? hand.scratch[i] : values[i];
        hand.offsets[i] = aside ? -from * inner : row;
        hand.arrays[count + i] = aside ? values[i] : hand.scratch[i];
        hand.offsets[count + i] = aside ? row : -from * inner;
        if (tape.begins(age, lane)) {
          begin(i, tape, age, lane, hand.arrays[i], hand.offsets[i] + from * inner, to - from);
        }
      }
      factor(hand, tape, age, lane, from, to);
      for (int i = 0; i < coefficients.length; i++) {
        hand.arrays[2 * count + 1 + i] = tape.array(coefficients[i], age);
        hand.offsets[2 * count + 1 + i] = tape.at(coefficients[i], age, lane);
      }
      intermediate(hand, 2 * count + 1 + coefficients.length, from, advance.scratch());
      advance.run(hand.arrays, hand.offsets, from, to);
      aside = !aside;
    }
    for (int i = 0; aside && i < count; i++) {
      System.arraycopy(hand.scratch[i], 0, values[i], row + from * inner, (to - from) * inner);
    }
  }

  private static void intermediate(Hand hand, int array, int from, int ofRow) {
    if (ofRow > 0) {
      hand.arrays[array] = hand.intermediate;
      hand.offsets[array] = -from * ofRow;
    }
  }

  /** What each row is multiplied by. */
  private void factor(Hand hand, WatchedValues tape, int age, int lane, int from, int to) {
    int at = 2 * count;
    if (x < 0) {
      hand.arrays[at] = ONE;
      hand.offsets[at] = 0;
    } else if (plan.indexed()) {
      Arrays.fill(hand.hot, 0);
      int index = (int) tape.array(x, age)[tape.at(x, age, lane)];
      if (index >= from && index < to) {
        hand.hot[index - from] = 1;
      }
      hand.arrays[at] = hand.hot;
      hand.offsets[at] = -from;
    } else {
      hand.arrays[at] = tape.array(x, age);
      hand.offsets[at] = tape.at(x, age, lane);
    }
  }

  /** Where a sequence begins, only its initial value depends on anything. */
  private void begin(
      int i, WatchedValues tape, int age, int lane, float[] into, int at, int rowCount) {
    Node node = plan.initial()[i];
    if (node == null) {
      Arrays.fill(into, at, at + rowCount * inner, 0);
    } else if (node.op() instanceof Leaf leaf && node.isConstant()) {
      Arrays.fill(into, at, at + units, (float) leaf.number());
    } else {
      System.arraycopy(
          tape.array(initial[i], age), tape.at(initial[i], age, lane), into, at, units);
    }
  }

  /**
   * Adds up, over all lanes, trace · what came back to the state, for some rows.
   *
   * @param flushes whether traces that have become too small to count are zero afterwards
   */
  void contract(Hand hand, int from, int to, boolean flushes) {
    Loop loop = flushes ? contractAndFlush : contract;
    float[] result = hand.sums[0];
    float[] next = hand.sums[1];
    Arrays.fill(result, 0, (to - from) * inner, 0);
    for (int lane = 0; lane < lanes; lane++) {
      for (int i = 0; i < count; i++) {
        hand.arrays[i] = values[i];
        hand.offsets[i] = lane * outer * inner;
        hand.arrays[count + i] = adjoints[i];
        hand.offsets[count + i] = lane * units;
      }
      hand.arrays[2 * count] = result;
      hand.offsets[2 * count] = -from * inner;
      hand.arrays[2 * count + 1] = next;
      hand.offsets[2 * count + 1] = -from * inner;
      intermediate(hand, 2 * count + 2, from, loop.scratch());
      loop.run(hand.arrays, hand.offsets, from, to);
      float[] before = result;
      result = next;
      next = before;
    }
    System.arraycopy(result, 0, sum, from * inner, (to - from) * inner);
  }

  /** Adds what {@link #contract} has left to the gradient. */
  void add(float[] gradient) {
    TracePlan.Target target = plan.target();
    for (int row = 0; row < outer; row++) {
      int at = plan.isByUnit() ? target.at(0, row) : target.at(row, 0);
      int from = row * inner;
      if (plan.isByUnit()) {
        add(from, gradient, at, target.ofRow(), 1);
      } else {
        add(from, gradient, at, target.ofUnit(), target.times());
      }
    }
  }

  private void add(int from, float[] gradient, int at, int stride, int times) {
    if (stride == 1 && times == 1) {
      for (int j = 0; j < inner; j++) {
        gradient[at + j] += sum[from + j];
      }
    } else {
      for (int j = 0; j < inner; j++) {
        gradient[at + j / times * stride] += sum[from + j];
      }
    }
  }

  void clear() {
    for (float[] each : values) {
      Arrays.fill(each, 0);
    }
  }

  void save(Snapshot snapshot) {
    for (int i = 0; i < count; i++) {
      snapshot.put("of" + plan.states()[i], values[i].clone());
    }
  }

  /** Refuses what was stored of other traces. */
  void check(Snapshot snapshot) {
    for (int i = 0; i < count; i++) {
      int stored = snapshot.floats("of" + plan.states()[i]).length;
      if (stored != values[i].length) {
        throw new IllegalArgumentException(
            "a trace holds %s values, expected %s; the checkpoint belongs to another model"
                .formatted(stored, values[i].length));
      }
    }
  }

  void load(Snapshot snapshot) {
    for (int i = 0; i < count; i++) {
      float[] stored = snapshot.floats("of" + plan.states()[i]);
      System.arraycopy(stored, 0, values[i], 0, stored.length);
    }
  }
}
