// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.lm.LevenbergMarquardt;
import dev.unspool.lm.Residuals;
import dev.unspool.lm.Sequence;
import dev.unspool.lm.StopRules;
import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.sequence.Beginning;
import dev.unspool.sequence.SequenceJacobian;
import dev.unspool.sequence.SequenceResiduals;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A nonlinear autoregressive network with exogenous inputs: {@code y_t = f(u_{t−d}, y_{t−d}, …)}.
 * It works in whatever units it is given; units near ±1 suit it, such as those of {@code
 * dev.unspool.data.Normalisation}.
 *
 * <p>As a {@link Model} it is the closed loop: it takes u and yields y, which it sees again some
 * steps later. θ holds, layer by layer and row-major:
 *
 * <pre>
 * layer0.input.weight   units × (taps · inputs)    taps on u, in the order of inputDelays
 * layer0.output.weight  units × (taps · outputs)   taps on y, in the order of outputDelays
 * layer&lt;l&gt;.weight       units × units of the layer below
 * layer&lt;l&gt;.layer&lt;k&gt;.weight, layer&lt;l&gt;.output.weight   the same for internal delays
 * layer&lt;l&gt;.bias         units
 * output.weight, output.output.weight, output.bias
 * </pre>
 *
 * A recurrent layer has the parameters of its cell instead, {@code weight_ih_l<l>} and so on, whose
 * input is all of these signals side by side in the same order.
 */
public final class Narx implements Model {
  private static final int MOST_ESTIMATIONS = 50;

  private final NarxSpec spec;
  private final StepProgram closedLoop;
  private final StepProgram openLoop;
  private final StepProgram guidedLoop;

  /** A model without weights. */
  public Narx(NarxSpec spec) {
    this.spec = spec;
    this.closedLoop = NarxProgram.closed(spec);
    this.openLoop = NarxProgram.open(spec);
    this.guidedLoop = NarxProgram.guided(spec);
  }

  /** Its shape. */
  public NarxSpec spec() {
    return spec;
  }

  /** Simulates: takes u, and sees its own outputs. Without inputs, it takes a number in vain. */
  public StepProgram closedLoop() {
    return closedLoop;
  }

  /** Predicts one step ahead with the same parameters: takes u, followed by the y measured. */
  public StepProgram openLoop() {
    return openLoop;
  }

  /**
   * The loop that is closed and opened while it runs, with the same parameters, for training on
   * parts of a long measurement: takes u, followed by the y measured and, for each y, 1 where the
   * measured value is fed back and 0 where the model's own is. With 1 at all steps it is the open
   * loop, with 0 the closed one. With 1 at as many steps as the longest delay and 0 from then on,
   * it begins in the midst of a measurement as {@link InitialOutputs#MEASURED} does.
   */
  public StepProgram guidedLoop() {
    return guidedLoop;
  }

  @Override
  public ParameterLayout parameters() {
    return closedLoop.parameters();
  }

  @Override
  public StateLayout state() {
    return closedLoop.state();
  }

  @Override
  public int inputs() {
    return closedLoop.inputs();
  }

  @Override
  public int outputs() {
    return closedLoop.outputs();
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    return closedLoop.open(theta, options);
  }

  /** First weights: uniform in ±1/√n for the n signals that a sum adds up, biases too. */
  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    closedLoop.initialise(theta, random);
  }

  /**
   * First weights whose first layer begins almost linear: its weights are {@code gain} times those
   * of {@link #initialise(RandomGenerator)} and its biases 0, so that its units see the signals
   * where tanh is straight and odd.
   *
   * @param gain above 0, for instance 0.6
   */
  public Parameters initialise(RandomGenerator random, double gain) {
    if (!(gain > 0 && gain <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("the gain must be a number above 0, found " + gain);
    }
    Parameters theta = initialise(random);
    for (var slice : parameters().slices()) {
      boolean first = NarxProgram.isOfFirstLayer(slice.name());
      double factor = !first ? 1 : slice.shape().size() == 1 ? 0 : gain;
      for (int p = slice.offset(); p < slice.end(); p++) {
        theta.values()[p] *= (float) factor;
      }
    }
    return theta;
  }

  /**
   * The problem of fitting it to measured sequences. With {@link InitialOutputs#ESTIMATED}, θ is
   * followed by the initial outputs of every sequence, newest first.
   *
   * @param how what the taps on the outputs see
   * @param depth k2, or {@link Integer#MAX_VALUE} for no truncation
   */
  public Residuals residuals(
      List<Sequence> data, Identification how, InitialOutputs initial, int depth) {
    boolean closed = how == Identification.PARALLEL;
    var loop = closed ? closedLoop : openLoop;
    int own = parameters().size();
    int estimated = closed && initial == InitialOutputs.ESTIMATED ? initialOutputs() : 0;
    var parts = new ArrayList<SequenceResiduals.Part>();
    for (int i = 0; i < data.size(); i++) {
      var sequence = new NarxSequence(spec, closed, data.get(i), initial);
      double[] state = sequence.state(loop.state().size());
      int[] places = new int[state.length];
      Arrays.fill(places, -1);
      for (int k = 0; k < estimated; k++) {
        places[sequence.ownOutputs() + k] = own + i * estimated + k;
      }
      parts.add(
          sequence.part(estimated > 0 ? Beginning.estimated(state, places) : Beginning.at(state)));
    }
    int columns = Math.addExact(own, Math.multiplyExact(data.size(), estimated));
    return new SequenceResiduals(loop.recording(), columns, parts, depth);
  }

  /** Number of initial outputs that are parameters of a sequence. */
  public int initialOutputs() {
    return spec.longestOutputDelay() * spec.outputs();
  }

  /**
   * Estimates the initial outputs of one sequence from all of its steps, the weights being what
   * they are: those with which a closed loop agrees best with what was measured. The search begins
   * with the {@linkplain #firstGuess first guess}. If that is hopeless, because the loop diverges
   * from there or because there are fewer steps than values, it also ends there.
   *
   * @param theta weights; not modified, and what follows them is ignored
   * @return the weights followed by the initial outputs, as {@link InitialOutputs#ESTIMATED} has
   *     them
   */
  public double[] estimateInitial(double[] theta, Sequence sequence) {
    var whole =
        residuals(
            List.of(sequence),
            Identification.PARALLEL,
            InitialOutputs.ESTIMATED,
            Integer.MAX_VALUE);
    var free = new InitialEstimate(whole, Arrays.copyOf(theta, parameters().size()));
    double[] start = firstGuess(sequence);
    if (start.length == 0) {
      return Arrays.copyOf(theta, parameters().size());
    }
    var fit = LevenbergMarquardt.with(StopRules.iterations(MOST_ESTIMATIONS)).fit(free, start);
    return free.with(fit.theta());
  }

  /**
   * The initial outputs with which an estimation begins, newest first: of each output what was
   * measured of it first, all the time; 0 where it was never measured.
   */
  public double[] firstGuess(Sequence sequence) {
    double[] initial = new double[initialOutputs()];
    int outputs = spec.outputs();
    for (int i = 0; i < initial.length; i++) {
      initial[i] = i < outputs ? firstKnown(sequence, i) : initial[i - outputs];
    }
    return initial;
  }

  private double firstKnown(Sequence sequence, int output) {
    for (int t = 0; t < sequence.steps(); t++) {
      double measured = sequence.targets()[t * spec.outputs() + output];
      if (!Double.isNaN(measured)) {
        return measured;
      }
    }
    return 0;
  }

  /** Closed loop: y from u alone, steps × outputs. With MEASURED, its first steps are measured. */
  public double[] simulate(double[] theta, Sequence sequence, InitialOutputs initial) {
    return run(true, theta, sequence, initial);
  }

  /**
   * One step ahead: every y from measured earlier ones, steps × outputs. With ESTIMATED, those
   * before the first step are the initial outputs that follow the weights, as in a simulation.
   */
  public double[] predict(double[] theta, Sequence sequence, InitialOutputs initial) {
    return run(false, theta, sequence, initial);
  }

  private double[] run(boolean closed, double[] theta, Sequence measured, InitialOutputs initial) {
    var loop = closed ? closedLoop : openLoop;
    int own = parameters().size();
    var sequence = new NarxSequence(spec, closed, measured, initial);
    double[] state = sequence.state(loop.state().size());
    if (initial == InitialOutputs.ESTIMATED && theta.length >= own + initialOutputs()) {
      sequence.before(state, Arrays.copyOfRange(theta, own, own + initialOutputs()));
    }
    var engine = new SequenceJacobian(loop.recording(), own, 1, false);
    engine.parameters(Arrays.copyOf(theta, own));
    double[] outputs = new double[sequence.steps() * spec.outputs()];
    engine.simulate(Beginning.at(state), sequence.inputs(), sequence.steps(), outputs);
    return sequence.withPast(outputs);
  }
}
