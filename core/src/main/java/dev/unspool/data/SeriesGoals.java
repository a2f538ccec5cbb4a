// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.predict.Outputs;
import java.util.List;

/**
 * What should come out at a row, as the outputs that say it have it: by target, then by horizon;
 * NaN where it is missing, or not among the rows that count.
 */
final class SeriesGoals {
  private final Table table;
  private final Range counting;
  private final Outputs.Target[] targets;
  private final int[] columns;
  private final int[] horizons;

  SeriesGoals(Table table, List<Outputs.Target> targets, List<Integer> horizons, Range counting) {
    this.table = table;
    this.counting = counting;
    this.targets = targets.toArray(Outputs.Target[]::new);
    this.columns = targets.stream().mapToInt(target -> table.column(target.name())).toArray();
    this.horizons = horizons.stream().mapToInt(Integer::intValue).toArray();
  }

  int count() {
    return targets.length * horizons.length;
  }

  /**
   * Writes what should come out at a row, or zeros if it is −1, to {@code into} from {@code at}.
   */
  void write(long row, float[] into, int at) {
    for (int i = 0; i < targets.length; i++) {
      double newest = row >= 0 && targets[i].change() ? newest(row, columns[i]) : 0;
      for (int h = 0; h < horizons.length; h++) {
        into[at + i * horizons.length + h] = row < 0 ? 0 : goal(row, i, h, newest);
      }
    }
  }

  private float goal(long row, int target, int horizon, double newest) {
    long later = row + horizons[horizon];
    if (later < counting.from() || later >= counting.to()) {
      return Float.NaN;
    }
    double value = table.get(later, columns[target]);
    float goal = (float) targets[target].encode(horizon, value, newest);
    if (Float.isInfinite(goal)) {
      throw SeriesInputs.beyondFloat32(table, later, columns[target]);
    }
    return goal;
  }

  private double newest(long row, int column) {
    long known = table.known(row, column);
    return known < 0 ? Double.NaN : table.get(known, column);
  }
}
