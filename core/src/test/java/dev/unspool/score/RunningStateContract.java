// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.unspool.model.Snapshot;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;

/** What every state of a stream promises. */
public final class RunningStateContract {
  private static final int WINDOW = 20_000;
  private static final int WINDOWS = 100;

  private RunningStateContract() {}

  /**
   * Saved after every record and read back into another, it goes on to the bit.
   *
   * @param record takes in the record of that number, the same for the same number
   */
  public static <T extends RunningState> void assertGoesOnToTheBit(
      Supplier<T> make, ObjIntConsumer<T> record, int records) {
    T one = make.get();
    for (int i = 0; i < records; i++) {
      var snapshot = new Snapshot();
      one.save(snapshot.in("a"));
      T other = make.get();
      record.accept(other, records + i);
      other.load(snapshot.in("a"));
      record.accept(one, i);
      record.accept(other, i);
      assertArrayEquals(bits(one), bits(other), "after record " + i);
    }
    var shorter = new Snapshot();
    shorter.put("numbers", new double[one.size() - 1]);
    assertThrows(IllegalArgumentException.class, () -> one.load(shorter));
  }

  /** Methods that are not compiled yet make objects that go away when they are. */
  public static <T extends RunningState> void assertAllocatesNothing(
      T state, ObjIntConsumer<T> record) {
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    int number = 0;
    for (int window = 0; window < WINDOWS && least > WINDOW / 10; window++) {
      long before = bean.getThreadAllocatedBytes(thread);
      for (int i = 0; i < WINDOW; i++) {
        record.accept(state, number++);
      }
      least = Math.min(least, bean.getThreadAllocatedBytes(thread) - before);
    }
    assertTrue(least <= WINDOW / 10, "%s bytes of %s records at best".formatted(least, WINDOW));
  }

  private static long[] bits(RunningState state) {
    double[] numbers = new double[state.size() + 2];
    numbers[0] = 5;
    numbers[numbers.length - 1] = 7;
    assertEquals(numbers.length - 1, state.save(numbers, 1));
    assertTrue(numbers[0] == 5 && numbers[numbers.length - 1] == 7, "written beside its place");
    return Arrays.stream(numbers).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
