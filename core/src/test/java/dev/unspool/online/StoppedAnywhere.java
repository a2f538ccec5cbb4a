// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** Whether a learner that is stopped after any record goes on to the bit. */
public final class StoppedAnywhere {
  private static final int WHOLE = 40;

  private StoppedAnywhere() {}

  /**
   * Runs a learner through a stream, and another one from where it stood after each record: at some
   * of them to the end, at the others for a while.
   *
   * @return what has happened to the first one
   */
  public static Counters check(
      Supplier<OnlineLearner> learners, RandomStream stream, int records, int few) {
    var snapshots = new ArrayList<Snapshot>();
    var said = new ArrayList<double[]>();
    Counters counters;
    try (var whole = learners.get()) {
      for (int i = 0; i < records; i++) {
        said.add(values(stream.next(whole, i)));
        var snapshot = new Snapshot();
        whole.save(snapshot);
        snapshots.add(snapshot);
      }
      counters = whole.counters();
    }
    for (int stop = 0; stop < records; stop++) {
      try (var resumed = learners.get()) {
        resumed.load(snapshots.get(stop));
        int until = stop % WHOLE == 0 ? records : Math.min(records, stop + few);
        for (int i = stop + 1; i < until; i++) {
          assertArrayEquals(said.get(i), values(stream.next(resumed, i)), "stopped at " + stop);
        }
        var now = new Snapshot();
        resumed.save(now);
        assertSame(snapshots.get(until - 1), now, "stopped at " + stop);
      }
    }
    return counters;
  }

  private static double[] values(Prediction p) {
    return new double[] {
      p.row(), p.value(0, 0), p.lower(0, 0), p.upper(0, p.horizons() - 1), p.usable() ? 1 : 0
    };
  }

  /** Whether two snapshots are the same to the bit. */
  static void assertSame(Snapshot expected, Snapshot found, String where) {
    var missing = new LinkedHashSet<>(expected.entries().keySet());
    var more = new LinkedHashSet<>(found.entries().keySet());
    missing.removeAll(found.entries().keySet());
    more.removeAll(expected.entries().keySet());
    assertEquals(Set.of(), missing, where + ": missing, but there is " + more);
    assertEquals(Set.of(), more, where);
    expected.entries().keySet().forEach(name -> assertSame(expected, found, name, where));
  }

  /** Whether they are in one entry. */
  static void assertSame(Snapshot expected, Snapshot found, String name, String where) {
    String what = name + ", " + where;
    switch (expected.entries().get(name)) {
      case Snapshot.Floats(float[] values) -> assertArrayEquals(values, found.floats(name), what);
      case Snapshot.Doubles(double[] values) ->
          assertArrayEquals(values, found.doubles(name), what);
      case Snapshot.Longs(long[] values) -> assertArrayEquals(values, found.longs(name), what);
      case null -> throw new AssertionError(what);
    }
  }
}
