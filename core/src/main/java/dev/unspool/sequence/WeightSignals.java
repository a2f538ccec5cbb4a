// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.AlignedDoubles;
import dev.unspool.kernel.WeightColumns;
import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The signals that derivatives with respect to weights are made of, beside one held value: where
 * they come from, in which columns they stand, and where in θ these go.
 */
final class WeightSignals {
  /**
   * A signal that weights act upon.
   *
   * @param signal over time
   * @param offset in θ of the weight of the first unit
   * @param stride distance in θ between the weights of neighbouring units
   */
  record Column(double[] signal, int offset, int stride) {}

  /** A table, of which a step has seen one row. */
  record Table(double[] index, int offset) {}

  final int units;
  final List<Column> columns = new ArrayList<>();
  final List<Table> tables = new ArrayList<>();
  final int[] biases;
  final WeightColumns places;

  /** As {@link WeightColumns} lays them out, and ones behind them. */
  final AlignedDoubles values = new AlignedDoubles(0);

  private final int panel;

  /**
   * Looks them up.
   *
   * @param panel columns of a panel of the kernel
   */
  WeightSignals(int panel, LinearReverse.Held held, ParameterLayout layout, History history) {
    this.panel = panel;
    this.units = held.node.width();
    // Whole panels first: their derivatives go straight to where they stand side by side.
    for (var weights : held.weights) {
      add(weights, layout, history, 0, whole(weights));
    }
    for (var weights : held.weights) {
      add(weights, layout, history, whole(weights), weights.signal().width());
    }
    for (var rows : held.rows) {
      tables.add(
          new Table(history.row(rows.index(), 0), layout.slice(rows.table().name()).offset()));
    }
    biases = held.sums.stream().mapToInt(Integer::intValue).toArray();
    int[] offset = columns.stream().mapToInt(Column::offset).toArray();
    int[] stride = columns.stream().mapToInt(Column::stride).toArray();
    places = new WeightColumns(panel, offset, stride, biases);
  }

  /** Whether no parameter's derivative is made of a held value. */
  static boolean none(LinearReverse.Held held) {
    return held.weights.isEmpty() && held.rows.isEmpty() && held.sums.isEmpty();
  }

  private int whole(LinearReverse.Weights weights) {
    return weights.transposed() ? 0 : weights.signal().width() / panel * panel;
  }

  private void add(
      LinearReverse.Weights weights, ParameterLayout layout, History history, int from, int to) {
    int offset = layout.slice(weights.matrix().name()).offset();
    int width = weights.matrix().columns();
    for (int j = from; j < to; j++) {
      boolean transposed = weights.transposed();
      columns.add(
          new Column(
              history.row(weights.signal(), j),
              offset + j * (transposed ? width : 1),
              transposed ? 1 : width));
    }
  }

  /**
   * Reads the signals of some consecutive steps.
   *
   * @param oldest step of the sequence; what is before the first one counts as zero, since there is
   *     nothing then that weights act upon
   */
  void read(History history, long oldest, int times) {
    values.makeRoom(places.length(times));
    double[] into = values.values();
    int start = values.renew();
    int missing = Math.clamp(-oldest, 0, times);
    int position = history.position(oldest);
    for (int j = 0; j < columns.size(); j++) {
      int to = start + places.signal(j, times);
      int step = places.step(j);
      double[] signal = columns.get(j).signal();
      for (int time = 0; time < missing; time++) {
        into[to + time * step] = 0;
      }
      for (int time = missing; time < times; time++) {
        into[to + time * step] = signal[position + time];
      }
    }
    int ones = start + places.ones(times);
    Arrays.fill(into, ones, ones + times, 1);
  }
}
