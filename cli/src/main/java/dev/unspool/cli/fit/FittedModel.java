// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.narx.InitialOutputs;
import dev.unspool.narx.Narx;
import dev.unspool.narx.Series;
import java.util.Arrays;

/**
 * A model with weights, and the units it works in.
 *
 * @param narx the model
 * @param theta its weights
 * @param inputScale units of the inputs
 * @param targetScale units of the targets
 * @param warmUp rows at the beginning of a simulation that do not count, beyond the longest delay
 */
public record FittedModel(
    Narx narx, double[] theta, Scale inputScale, Scale targetScale, int warmUp) {

  /** Rows at the beginning of a simulation that do not count. */
  int lead() {
    return narx.spec().longestDelay() + warmUp;
  }

  /**
   * A free run over some rows. The outputs of the first rows, as many as the longest delay, are
   * measured ones; they come from before {@code from} where there are such rows. From then on the
   * model sees nothing but the inputs.
   *
   * @return what of these rows counts
   */
  public Trace simulate(Signals signals, int from, int to) {
    return run(signals, from, to, true);
  }

  /** One step ahead: the model always sees the measured outputs of the rows before. */
  public Trace predict(Signals signals, int from, int to) {
    return run(signals, from, to, false);
  }

  private Trace run(Signals signals, int from, int to, boolean free) {
    int begin = from - Math.min(from, lead());
    int first = Math.min(to, Math.max(from, begin + lead()));
    var series = series(signals, begin, to);
    double[] y =
        free
            ? narx.simulate(theta, series, InitialOutputs.MEASURED)
            : narx.predict(theta, series, InitialOutputs.MEASURED);
    return trace(signals, first, to, y, begin);
  }

  /** A free run over all rows of a plant that was at its mean before; nothing was measured. */
  public Trace simulateFromRest(Signals signals) {
    int steps = signals.rows();
    double[] nothing = new double[steps * targetScale.width()];
    var series = Series.of(inputScale.apply(signals.u(), 0, steps), nothing, steps);
    return trace(signals, 0, steps, narx.simulate(theta, series, InitialOutputs.ZERO), 0);
  }

  private Trace trace(Signals signals, int first, int to, double[] scaled, int begin) {
    int width = targetScale.width();
    double[] simulated =
        targetScale.invert(Arrays.copyOfRange(scaled, (first - begin) * width, scaled.length));
    double[] measured =
        signals.y().length == 0
            ? new double[0]
            : Arrays.copyOfRange(signals.y(), first * width, to * width);
    return new Trace(first, to - first, width, measured, simulated);
  }

  /** Rows as a model sees them; those that do not count have weight 0. */
  Series series(Signals signals, int from, int to) {
    double[] weights = new double[to - from];
    Arrays.fill(weights, Math.min(lead(), to - from), to - from, 1);
    return new Series(
        inputScale.apply(signals.u(), from, to), targetScale.apply(signals.y(), from, to), weights);
  }

  /** The same with other weights. */
  FittedModel with(double[] other) {
    return new FittedModel(narx, other, inputScale, targetScale, warmUp);
  }
}
