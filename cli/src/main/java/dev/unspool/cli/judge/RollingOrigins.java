// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.inference.Predictor;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.StateLayout;
import dev.unspool.predict.Features;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Rows;
import dev.unspool.predict.TimeAxis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lets a network look ahead from many origins. It goes over the rows once, and at each origin its
 * state is kept. What it says there of its own horizons is taken as it is. A network that says only
 * the next row goes on from there with its predictions for inputs; many origins side by side, as
 * lanes.
 *
 * @param model the network
 * @param theta its weights
 * @param features what it sees of the rows
 * @param outputs what it says
 * @param rows of the table
 * @param axis where they are in time; null if nobody knows
 * @param columns of the targets
 * @param stop called now and then; may throw
 */
public record RollingOrigins(
    Model model,
    Parameters theta,
    Features features,
    Outputs outputs,
    Rows rows,
    @Nullable TimeAxis axis,
    List<Integer> columns,
    Runnable stop) {
  /** Steps run before the first origin; a longer past makes no difference that could be seen. */
  private static final long WARM_UP = 100_000;

  private static final int LANES = 256;

  /** Told of everything that is said before predictions are fed back. */
  @FunctionalInterface
  public interface Listener {
    /**
     * What the network says when it has seen a row.
     *
     * @param outputs not to be modified
     */
    void says(long row, float[] outputs);
  }

  /** Whether predictions can be fed back: it says the next row, of all that is not known ahead. */
  public boolean goesOn() {
    return outputs.horizons().equals(List.of(1))
        && features.columns().stream()
            .allMatch(column -> column.ahead() > 0 || columns.contains(column.column()));
  }

  /**
   * The horizons that it can look at, up to some row.
   *
   * @param longest rows ahead, if predictions can be fed back
   */
  public List<Integer> horizons(int longest) {
    return goesOn() ? IntStream.rangeClosed(1, longest).boxed().toList() : outputs.horizons();
  }

  /**
   * Looks ahead.
   *
   * @param origins the newest row seen by each forecast, ascending
   * @param longest rows ahead, if predictions can be fed back
   */
  public Rolling run(long[] origins, int longest) {
    return run(origins, longest, (_, _) -> {});
  }

  /**
   * The same.
   *
   * @param listener told of every row up to the last origin: of at least 100 000 before the first,
   *     as far as there are any
   */
  public Rolling run(long[] origins, int longest, Listener listener) {
    List<Integer> horizons = horizons(longest);
    // A normal distribution is judged as what it is, and its band widened in deviations.
    List<Double> levels = outputs.law() == Outputs.Law.QUANTILES ? outputs.quantiles() : List.of();
    boolean goesOn = horizons.size() > outputs.horizons().size();
    var rolling = new Rolling(origins, columns.size(), horizons, levels, goesOn);
    if (origins.length == 0) {
      return rolling;
    }
    Features.Seen seen = features.over(rows, axis);
    double[] numbers = new double[seen.count()];
    var group = new ArrayList<Ahead>();
    try (var predictor = new Predictor(model, theta)) {
      int next = 0;
      for (long row = Math.max(0, origins[0] - WARM_UP); next < origins.length; row++) {
        if (row % LANES == 0) {
          stop.run();
        }
        if (seen.begins(row)) {
          predictor.reset();
        }
        float[] said = predictor.step(read(seen, row, numbers));
        listener.says(row, said);
        if (row == origins[next]) {
          var ahead = new Ahead(rolling, next++);
          ahead.says(said, 0, rows);
          if (goesOn) {
            ahead.state = predictor.state();
            group.add(ahead);
          }
          if (group.size() == LANES || (next == origins.length && !group.isEmpty())) {
            goOn(group, horizons.size());
            group.clear();
          }
        }
      }
    }
    return rolling;
  }

  private static float[] read(Features.Seen seen, long row, double[] numbers) {
    seen.write(row, numbers, 0);
    float[] input = new float[numbers.length];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) numbers[i];
    }
    return input;
  }

  private void goOn(List<Ahead> group, int steps) {
    int lanes = group.size();
    int width = features.count();
    double[] numbers = new double[width];
    float[] inputs = new float[lanes * width];
    List<Features.Seen> seen = group.stream().map(ahead -> features.over(ahead, axis)).toList();
    try (var predictor = new Predictor(model, theta, lanes)) {
      predictor.restore(sideBySide(group));
      for (int step = 1; step < steps; step++) {
        stop.run();
        for (int lane = 0; lane < lanes; lane++) {
          float[] input = read(seen.get(lane), group.get(lane).origin() + step, numbers);
          System.arraycopy(input, 0, inputs, lane * width, width);
        }
        float[] said = predictor.step(inputs);
        for (int lane = 0; lane < lanes; lane++) {
          Ahead ahead = group.get(lane);
          ahead.says(said, lane * outputs.count(), ahead);
        }
      }
    }
  }

  private static State sideBySide(List<Ahead> group) {
    StateLayout layout = group.getFirst().state().layout();
    var all = new State(layout, group.size());
    for (var array : layout.arrays()) {
      for (int lane = 0; lane < group.size(); lane++) {
        float[] one = group.get(lane).state().array(array.name());
        System.arraycopy(one, 0, all.array(array.name()), lane * one.length, one.length);
      }
    }
    return all;
  }

  /** The rows as they are seen from an origin: after it, what was predicted. */
  private final class Ahead implements Rows {
    private final Rolling rolling;
    private final int index;
    private final List<double[]> predicted = new ArrayList<>();
    private @Nullable State state;

    Ahead(Rolling rolling, int index) {
      this.rolling = rolling;
      this.index = index;
    }

    long origin() {
      return rolling.origin(index);
    }

    State state() {
      if (state == null) {
        throw new IllegalStateException("no state was kept");
      }
      return state;
    }

    /** Takes what was said in the newest row. */
    void says(float[] said, int at, Rows seen) {
      long newest = origin() + predicted.size();
      double[] next = new double[columns.size()];
      int count = outputs.horizons().size();
      boolean sure = predicted.isEmpty(); // of rows further on it does not say how sure it is
      double[] unknown = new double[outputs.quantiles().size()];
      Arrays.fill(unknown, Double.NaN);
      for (int target = 0; target < next.length; target++) {
        int column = columns.get(target);
        long known = outputs.targets().get(target).change() ? seen.known(newest, column) : -1;
        double base = known < 0 ? outputs.targets().get(target).origin() : seen.get(known, column);
        for (int h = 0; h < count; h++) {
          double value = outputs.point(said, at, target, h, base);
          rolling.set(
              index,
              target,
              predicted.size() + h,
              value,
              sure && outputs.law() == Outputs.Law.GAUSSIAN
                  ? outputs.deviation(said, at, target, h)
                  : Double.NaN,
              sure && outputs.law() == Outputs.Law.QUANTILES
                  ? outputs.quantiles(said, at, target, h, base)
                  : unknown);
          next[target] = value;
        }
      }
      predicted.add(next);
    }

    @Override
    public double get(long row, int column) {
      int target = row <= origin() ? -1 : columns.indexOf(column);
      if (target < 0) {
        return rows.get(row, column); // known ahead
      }
      long step = row - origin() - 1;
      return step < predicted.size() ? predicted.get((int) step)[target] : Double.NaN;
    }

    @Override
    public long known(long row, int column) {
      for (long at = row; at > origin(); at--) {
        if (!Double.isNaN(get(at, column))) {
          return at;
        }
      }
      return rows.known(Math.min(row, origin()), column);
    }
  }
}
