// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.Plant;
import dev.unspool.data.Normalisation;
import dev.unspool.lm.Sequence;
import dev.unspool.model.ParameterLayout;
import dev.unspool.narx.InitialOutputs;
import dev.unspool.narx.Narx;
import dev.unspool.narx.NarxCore;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A model with weights, and the units it works in.
 *
 * @param narx the model
 * @param theta its weights; where they are estimated, followed by the initial outputs of a table
 * @param inputScale units of the inputs
 * @param targetScale units of the targets
 * @param warmUp rows at the beginning of a simulation that do not count, beyond measured ones
 * @param initial what a simulation begins with
 */
public record FittedModel(
    Narx narx,
    double[] theta,
    Normalisation inputScale,
    Normalisation targetScale,
    int warmUp,
    InitialOutputs initial) {

  /** Most rows that initial outputs are estimated from; the plant forgets them. */
  private static final int ESTIMATED_FROM = 200;

  /** Of numbers about 1; whoever wants all digits has --json. */
  private static final double RESOLUTION = 1e-9;

  /** A model without weights. */
  static FittedModel of(CsvConfig data, Plant plant) {
    NarxConfig.FreeRun run = plant.config().freeRun();
    Normalisation scales = Objects.requireNonNull(data.facts()).normalisation();
    return new FittedModel(
        plant.model(data),
        new double[0],
        scales.of(data.inputs()),
        scales.of(data.targets()),
        run.warmUp(),
        run.initial());
  }

  /** Names and shapes of the weights. */
  ParameterLayout layout() {
    return narx.parameters();
  }

  /** Rows at the beginning of a simulation that do not count. */
  int lead() {
    return warmUp + (initial == InitialOutputs.MEASURED ? narx.spec().longestDelay() : 0);
  }

  /** The weights alone. */
  double[] weights() {
    return Arrays.copyOf(theta, narx.parameters().size());
  }

  /**
   * A free run over some rows: from the beginning on, the model sees nothing but the inputs.
   *
   * <p>With measured initial outputs, the run begins with as many measured rows as the longest
   * delay, which come from before {@code from} where there are such rows. Otherwise it begins at
   * the first row of the table, whatever {@code from} is, because that is the row of which the
   * initial outputs are known.
   *
   * @return what of these rows counts
   */
  public Trace simulate(Signals signals, int from, int to) {
    int begin = initial == InitialOutputs.MEASURED ? from - Math.min(from, lead()) : 0;
    double[] y = narx.simulate(theta, series(signals, begin, to), initial);
    return trace(signals, Math.min(to, Math.max(from, begin + lead())), to, y, begin);
  }

  /** One step ahead: the model always sees the measured outputs of the rows before. */
  public Trace predict(Signals signals, int from, int to) {
    int lead = warmUp + narx.spec().longestDelay();
    int begin = from - Math.min(from, lead);
    double[] y = narx.predict(theta, series(signals, begin, to), InitialOutputs.MEASURED);
    return trace(signals, Math.min(to, Math.max(from, begin + lead)), to, y, begin);
  }

  /** A free run over all rows of a plant that was at rest before; nothing was measured. */
  public Trace simulateFromRest(Signals signals) {
    int steps = signals.rows();
    double[] nothing = new double[steps * targetScale.columns().size()];
    var series = Sequence.of(inputs(signals, 0, steps), nothing, steps);
    return trace(signals, 0, steps, narx.simulate(theta, series, InitialOutputs.ZERO), 0);
  }

  /**
   * The model for another table than it was fitted to: where initial outputs are estimated, with
   * those of that table's first rows.
   */
  public FittedModel startingIn(Signals signals) {
    if (initial != InitialOutputs.ESTIMATED) {
      return this;
    }
    int rows = Math.min(signals.rows(), rowsOfEstimate());
    var series = Sequence.of(inputs(signals, 0, rows), targets(signals, 0, rows), rows);
    return with(narx.estimateInitial(theta, series));
  }

  /** Whether a table has enough rows for what {@link #startingIn} estimates. */
  boolean canStartIn(Signals signals) {
    return initial != InitialOutputs.ESTIMATED
        || (long) signals.rows() * targetScale.columns().size() >= narx.initialOutputs();
  }

  /** What it means if it has not; goes on from a file's name. */
  String cannotStart() {
    return " has too few rows to estimate %s initial outputs: the plant is taken to have been before where it was in the first row"
        .formatted(narx.initialOutputs());
  }

  /** Number of rows that initial outputs are estimated from, where there are as many. */
  int rowsOfEstimate() {
    return Math.max(ESTIMATED_FROM, 10 * narx.spec().longestOutputDelay());
  }

  private Trace trace(Signals signals, int first, int to, double[] scaled, int begin) {
    int width = targetScale.columns().size();
    double[] simulated =
        targetScale.invert(Arrays.copyOfRange(scaled, (first - begin) * width, scaled.length));
    double[] measured =
        signals.y().length == 0
            ? new double[0]
            : Arrays.copyOfRange(signals.y(), first * width, to * width);
    return new Trace(first, to - first, width, measured, simulated);
  }

  /** Rows as a model sees them; those that do not count have weight 0. */
  Sequence series(Signals signals, int from, int to) {
    double[] weights = new double[to - from];
    Arrays.fill(weights, Math.min(lead(), to - from), to - from, 1);
    return new Sequence(inputs(signals, from, to), targets(signals, from, to), weights);
  }

  /**
   * The end of a simulation that goes on from the measurement.
   *
   * @param signals measured rows, followed by {@code steps} of which only the inputs are known
   * @return steps × targets, in their own units
   */
  public double[] simulateOn(Signals signals, int steps) {
    int known = signals.rows() - steps;
    int taps = narx.spec().longestDelay();
    boolean forgets =
        narx.spec().core() instanceof NarxCore.Tanh && narx.spec().internalDelays().isEmpty();
    if (forgets && known >= taps) {
      double[] y =
          narx.simulate(
              theta, series(signals, known - taps, signals.rows()), InitialOutputs.MEASURED);
      return newest(y, steps);
    }
    return newest(narx.simulate(theta, series(signals, 0, signals.rows()), initial), steps);
  }

  private double[] newest(double[] scaled, int steps) {
    int count = steps * targetScale.columns().size();
    return targetScale.invert(Arrays.copyOfRange(scaled, scaled.length - count, scaled.length));
  }

  private double[] inputs(Signals signals, int from, int to) {
    int width = inputScale.columns().size();
    return inputScale.apply(Arrays.copyOfRange(signals.u(), from * width, to * width));
  }

  private double[] targets(Signals signals, int from, int to) {
    int width = targetScale.columns().size();
    return targetScale.apply(Arrays.copyOfRange(signals.y(), from * width, to * width));
  }

  /** Of each target: finer differences of values say nothing. */
  public double[] resolution() {
    return IntStream.range(0, targetScale.columns().size())
        .mapToDouble(i -> targetScale.deviation(i) * RESOLUTION)
        .toArray();
  }

  /** The same with other weights. */
  FittedModel with(double[] other) {
    return new FittedModel(narx, other, inputScale, targetScale, warmUp, initial);
  }
}
