// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.StepMatrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * dy_t/dθ of a batch of consecutive steps t, truncated or not, by going backwards: all steps of the
 * batch advance together, one lag at a time.
 *
 * <p>At each lag the adjoints of the whole batch are one matrix, the product with the weights is
 * one product, and what step t saw that many steps ago is the same piece of the history for all of
 * them, shifted. The derivatives of the weights come after the sweep, some steps at a time, so that
 * a cache holds them until somebody has read them.
 */
final class LagJacobian implements BatchJacobian {
  /** Lags that are added up while their sum stays in registers. */
  private static final int LAGS_AT_ONCE = 50;

  private final LinearReverse reverse;
  private final LinearStep step;
  private final int columns;
  private final int depth;

  /** Number of lags that are held at once. */
  private final int held;

  /** For each of what is held, the most lags at which there is something. */
  private final int[] reach;

  private final LagSweep sweep;

  /** For each output component; a single one for all of them where not all lags are held. */
  private final BatchAdjoints[] components;

  /** For each of what is held; null where nothing is made of it but the derivative of the input. */
  private final @Nullable WeightSums[] weights;

  private final @Nullable StepMatrix[] ofLag;

  private Beginning beginning = Beginning.own();

  /**
   * Room for batches.
   *
   * @param columns length of θ
   * @param steps the most that a batch has
   * @param depth number of steps differentiated: step t depends on its own and the depth − 1 before
   *     it; anything older is a constant
   * @param pieces whether some lags are held at a time, so that memory for adjoints does not grow
   *     with the depth; there is only {@link #differentiate} then
   */
  LagJacobian(
      LinearReverse reverse,
      LinearStep step,
      History history,
      DoubleRows kernel,
      int columns,
      int steps,
      int depth,
      boolean pieces) {
    this.reverse = reverse;
    this.step = step;
    this.columns = columns;
    this.depth = depth;
    this.held = pieces ? Math.min(depth, LAGS_AT_ONCE) : depth;
    this.reach = LagSweep.reach(step);
    this.sweep = new LagSweep(step, kernel, steps, history);
    int outputs = reverse.program.output().width();
    int[] lags = Arrays.stream(reach).map(far -> far < held ? far + 1 : held).toArray();
    components = new BatchAdjoints[pieces ? 1 : outputs];
    Arrays.setAll(components, _ -> new BatchAdjoints(reverse, kernel, steps, lags));
    weights = new WeightSums[reach.length];
    for (int h = 0; h < weights.length; h++) {
      weights[h] =
          WeightSums.of(kernel, reverse.held.get(h), reverse.program.parameters(), history);
    }
    ofLag = new StepMatrix[reach.length];
  }

  @Override
  public void parameters(double[] theta) {
    sweep.parameters(reverse.program.parameters(), theta);
    reverse.shared.parameters(theta);
  }

  @Override
  public void begin(Beginning at) {
    beginning = at;
  }

  @Override
  public void sweep(
      History history, long first, int count, int component, @Nullable BatchSensitivities wanted) {
    sweep(history, first, count, component, wanted, components[component], null);
  }

  /**
   * The derivatives of one component, for all steps of a batch: {@link #sweep} and {@link
   * #derivatives} in one. Components in their order.
   *
   * @param into for each step, outputs × θ, and room for {@link SharedDerivatives}: those of the
   *     component are added
   */
  void differentiate(
      History history,
      long first,
      int count,
      int component,
      @Nullable BatchSensitivities wanted,
      double[][] into) {
    var adjoints = components[component % components.length];
    sweep(history, first, count, component, wanted, adjoints, into);
    finish(adjoints, 0, count, into, component * columns);
  }

  private void sweep(
      History history,
      long first,
      int count,
      int component,
      @Nullable BatchSensitivities wanted,
      BatchAdjoints adjoints,
      double @Nullable [][] into) {
    adjoints.clear();
    sweep.begin();
    sweep.seed(step.output, component, count);
    int deepest = (int) Math.min(depth, first + count);
    for (int lag = 0; lag < deepest; lag++) {
      for (int h = 0; h < reach.length; h++) {
        ofLag[h] = lag <= reach[h] ? adjoints.held[h].at(lag % held) : null;
      }
      int from = Math.clamp(lag - first, 0, count);
      sweep.lag(history.position(first) - lag, from, count, ofLag);
      StepMatrix input = reverse.input < 0 ? null : ofLag[reverse.input];
      if (wanted != null && input != null) {
        wanted.input(lag, input);
      }
      boolean last = lag == deepest - 1 || lag % held == held - 1;
      if (into != null && last) {
        int offset = component * columns;
        addWeights(history, adjoints, first, 0, count, lag / held * held, lag + 1, into, offset);
      }
      sweep.next();
      arrive(lag + 1, first, count, adjoints, wanted);
    }
  }

  /** Steps that go back no further take what has come back to the state. */
  private void arrive(
      int lags, long first, int count, BatchAdjoints into, @Nullable BatchSensitivities wanted) {
    int begun = Math.clamp(lags - 1 - first, -1, count);
    for (int s : reverse.initial) {
      StepMatrix of = sweep.state(s);
      if (of == null) {
        continue;
      }
      if (begun >= 0 && begun < count) {
        StepMatrix initial = into.initial[s];
        for (int j = 0; j < initial.rows(); j++) {
          initial.set(j, begun, of.get(j, begun));
        }
      }
      for (int r = 0; wanted != null && r < count; r++) {
        if (lags == Math.min(depth, first + r + 1)) {
          wanted.state(s, of, r);
        }
      }
    }
  }

  @Override
  public void derivatives(History history, long first, int row, int rows, double[][] into) {
    for (int r = 0; r < rows; r++) {
      Arrays.fill(into[r], 0);
    }
    int deepest = (int) Math.min(depth, first + row + rows);
    for (int o = 0; o < components.length; o++) {
      addWeights(history, components[o], first, row, rows, 0, deepest, into, o * columns);
      finish(components[o], row, rows, into, o * columns);
    }
  }

  /** Adds up some lags of what one component has. */
  private void addWeights(
      History history,
      BatchAdjoints of,
      long first,
      int row,
      int rows,
      int from,
      int to,
      double[][] into,
      int offset) {
    for (int h = 0; h < weights.length; h++) {
      var sums = weights[h];
      int end = (int) Math.min(to, reach[h] + 1L);
      for (int lag = from; sums != null && lag < end; lag += LAGS_AT_ONCE) {
        int some = Math.min(LAGS_AT_ONCE, end - lag);
        sums.add(history, first, row, rows, lag, some, of.held[h], lag % held, into, offset);
      }
    }
  }

  /** What comes of the initial state, and of vectors by way of something else. */
  private void finish(BatchAdjoints of, int row, int rows, double[][] into, int offset) {
    int component = 0;
    for (int s = 0; s < of.initial.length; s++) {
      StepMatrix initial = of.initial[s];
      int width = reverse.program.states().get(s).width();
      int column = reverse.shared.initial(s);
      for (int j = 0; initial != null && j < width; j++) {
        for (int r = 0; r < rows; r++) {
          double d = initial.get(j, row + r);
          if (column >= 0 && beginning.state() == null) {
            into[r][offset + column + j] += d;
          }
          if (beginning.isEstimated(component + j)) {
            into[r][offset + beginning.estimated()[component + j]] += d;
          }
        }
      }
      component += width;
    }
    for (int r = 0; r < rows; r++) {
      reverse.shared.apply(into[r], offset);
    }
  }
}
