// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.Block;
import dev.unspool.engine.TapeEngine;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.tbptt.Tbptt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The engine beside the definition: both run through a random stream, with updates and
 * interruptions, and every loss, gradient, state and sensitivity is compared on the way.
 */
public final class EngineAgainstReference {
  private static final double TOLERANCE = 1e-5;

  /** Where nothing better is known than the largest number of its kind. */
  private static final double UNBOUNDED = 3e-4;

  /** What is run. The seed decides everything else. */
  public interface Case {
    /** Of all that is random from here on. */
    long seed();

    /** A network or a step program. */
    Model model();

    /** Number of classes if the model takes an index, else 0. */
    int classes();

    /** Widths of the dropout masks. */
    List<Integer> masks();

    /** The engine, about to begin. */
    TapeEngine open(Parameters theta);

    /** How many steps of a lane count in its gradient. */
    int depth();

    /** For weights that change under an open window, and how many steps that is. */
    WeightPolicy policy();

    /** Names of parameters of which the gradient is the one of the definition. */
    List<String> exact(TapeEngine engine);

    /** Side by side. */
    int lanes();

    /** Of the stream. */
    int steps();

    /**
     * Whether what float32 may lose is known from the sizes of the numbers that add up. Else
     * everything is compared with the largest number of its kind.
     */
    default boolean bounded() {
      return true;
    }

    /** Whether lanes are held now and then; decided beside everything else. */
    default boolean holds() {
      return new SplitMix64(31 * seed()).nextInt(3) == 0;
    }

    /** Initialised, and the learned initial state away from zero. */
    default Parameters parameters(RandomGenerator random) {
      Parameters theta = model().initialise(random);
      for (var slice : theta.layout().slices()) {
        if (slice.name().startsWith("initial.")) {
          for (int i = slice.offset(); i < slice.end(); i++) {
            theta.values()[i] = random.nextFloat() - 0.5f;
          }
        }
      }
      return theta;
    }
  }

  private final Case c;
  private final RandomGenerator random;
  private final Model model;
  private final Parameters theta;
  private final ReferenceTape reference;
  private final Block stream;

  /** The mask, with zeros where lanes are held. */
  private final Steps counted;

  private TapeEngine engine;

  /** Index in the stream of the first step since the last restart. */
  private int begin;

  private int step;

  /** At the beginning of the stream. */
  public EngineAgainstReference(Case c) {
    this.c = c;
    this.random = new SplitMix64(~c.seed());
    this.model = c.model();
    this.theta = c.parameters(random);
    this.engine = c.open(theta);
    var options = engine.lossTape().tape().options();
    this.reference =
        new ReferenceTape(model, theta, options.weightPolicy(), c.lanes(), options.capacity());
    this.stream = stream();
    this.counted = stream.mask().copy();
    hold();
  }

  /** Lets lanes be held, with inputs that nobody may look at. */
  private void hold() {
    double often = c.holds() ? random.nextDouble() : 0;
    for (int t = 0; c.holds() && t < c.steps(); t++) {
      for (int lane = 0; lane < c.lanes(); lane++) {
        if (random.nextDouble() < often) {
          stream.events().hold(t, lane);
          counted.set(t, lane, 0, 0);
          for (int f = 0; f < model.inputs(); f++) {
            stream.inputs().set(t, lane, f, Float.NaN);
          }
        }
      }
    }
  }

  private boolean withSensitivities() {
    return engine.lossTape().tape().options().sensitivities();
  }

  private Block stream() {
    var block = Block.allocate(c.steps(), c.lanes(), model.inputs(), model.outputs());
    for (int i = 0; i < block.inputs().size(); i++) {
      block.inputs().values()[i] =
          c.classes() == 0 ? (float) random.nextGaussian() : random.nextInt(c.classes());
    }
    for (int i = 0; i < block.targets().size(); i++) {
      // Far from all outputs, lest float32 loses the digits of y − target.
      block.targets().values()[i] = (random.nextBoolean() ? 3 : -3) + random.nextFloat();
    }
    int masked = random.nextInt(3);
    for (int i = 0; i < block.mask().size(); i++) {
      block.mask().values()[i] =
          masked == 0 ? 1 : random.nextInt(3) == 0 ? 0 : masked == 1 ? 1 : random.nextFloat();
    }
    double resets = random.nextBoolean() ? 0 : 0.3 * random.nextDouble();
    for (int t = 0; t < c.steps(); t++) {
      for (int lane = 0; lane < c.lanes(); lane++) {
        block.events().set(t, lane, random.nextDouble() < resets);
      }
    }
    return block;
  }

  /** Runs and compares. */
  public void toTheEnd() {
    while (step < c.steps()) {
      forward();
      boolean last = step == c.steps();
      if (engine.sweepIsDue() || last || random.nextInt(20) == 0) {
        sweep();
        update();
      }
      if (random.nextInt(8) == 0) {
        interrupt();
      }
      if (isUndecided()) {
        return;
      }
      Close.state(engine.state(), reference.state(), stateSizes(), tolerance(), this::toString);
    }
  }

  private double tolerance() {
    return c.bounded() ? TOLERANCE : UNBOUNDED;
  }

  private double[][] stateSizes() {
    return c.bounded()
        ? reference.stateSizes()
        : new double[c.lanes()][model.state().arrays().size()]; // they are all about 1
  }

  /** Of what may remain of rounding errors in an array that is not of θ. */
  private double scale(ReferenceTape.Derivatives expected) {
    return Close.norm(c.bounded() ? expected.magnitude() : expected.gradient())
        / (c.bounded() ? 100 : 1);
  }

  /** Whether float32 may have gone another way round a bend than float64. */
  private boolean isUndecided() {
    return reference.narrowest() < 1e-6;
  }

  private void forward() {
    int count = 1 + random.nextInt(Math.min(engine.stepsToSweep(), c.steps() - step));
    if (!c.masks().isEmpty()) {
      count = 1; // so that the masks of every step can be read
    }
    engine.forward(part(step, step + count));
    for (int t = step; t < step + count; t++) {
      double[][] inputs = new double[c.lanes()][model.inputs()];
      boolean[] resets = new boolean[c.lanes()];
      boolean[] holds = new boolean[c.lanes()];
      for (int lane = 0; lane < c.lanes(); lane++) {
        resets[lane] = stream.events().begins(t, lane);
        holds[lane] = stream.events().holds(t, lane);
        for (int f = 0; f < model.inputs(); f++) {
          inputs[lane][f] = stream.inputs().get(t, lane, f);
        }
      }
      reference.forward(inputs, resets, holds, masks(holds));
    }
    step += count;
  }

  private Block part(int from, int to) {
    return Parts.of(stream, from, to);
  }

  /** The dropout masks of the newest step, as the tape keeps them. */
  private double @Nullable [][][] masks(boolean[] holds) {
    if (c.masks().isEmpty()) {
      return null;
    }
    var snapshot = new Snapshot();
    engine.save(snapshot);
    double[][][] masks = new double[c.lanes()][c.masks().size()][];
    for (int mask = 0; mask < c.masks().size(); mask++) {
      int width = c.masks().get(mask);
      String name = "steps.dropout" + (mask + 1) + ".mask";
      for (int lane = 0; lane < c.lanes(); lane++) {
        masks[lane][mask] = new double[width];
        if (!holds[lane]) {
          float[] all =
              snapshot.floats(c.holds() ? "tape.lane%s.%s".formatted(lane, name) : "tape." + name);
          int newest = all.length - (c.holds() ? 1 : c.lanes() - lane) * width;
          for (int j = 0; j < width; j++) {
            masks[lane][mask][j] = all[newest + j];
          }
        }
      }
    }
    return masks;
  }

  private void sweep() {
    if (engine.stepsSinceSweep() == 0) {
      return;
    }
    int depth = Math.min(c.depth(), reference.steps());
    int read = Math.min(engine.lossAt().outputs(engine.stepsSinceSweep()), step - begin);
    Steps targets = stream.targets().view(step - read, step);
    Steps mask = counted.view(step - read, step);
    double loss = reference.sweep(depth, targets, mask).value();
    if (!(engine instanceof Tbptt tbptt)) {
      check(loss, engine.sweep().value(), reference.sweep(depth, targets, mask));
      return;
    }
    assertEquals(depth, tbptt.depth(), this::toString);
    State ahead = random.nextInt(3) == 0 ? randomState(c.lanes()) : null;
    var expected =
        ahead == null
            ? reference.sweep(depth, targets, mask)
            : reference.sweep(depth, targets, mask, ahead);
    var sensitivities =
        withSensitivities() && random.nextBoolean()
            ? new Sensitivities(model, depth, c.lanes())
            : null;
    var seen = new HashMap<String, double[]>();
    boolean observed = random.nextInt(3) == 0;
    tbptt.observe(
        observed
            ? (lag, array, norm) -> seen.computeIfAbsent(array, _ -> new double[depth])[lag] = norm
            : null);
    double found = tbptt.sweep(ahead, sensitivities).value();
    check(loss, found, expected);
    if (isUndecided()) {
      return;
    }
    if (observed) {
      checkSeen(seen, expected);
    }
    if (sensitivities != null) {
      check(sensitivities, expected);
    }
  }

  private void check(double loss, double found, ReferenceTape.Derivatives expected) {
    if (isUndecided()) {
      return;
    }
    // An output near 1 is rounded by some 10⁻⁷, and (y − t)² moves by 2·|y − t| times that: where
    // the
    // two are nearly the same, that is more than a share of the loss.
    double size = Math.max(1e-3, Math.max(loss, Math.sqrt(loss) / 10));
    assertEquals(loss, found, tolerance() * size, this::toString);
    float[] gradient = engine.gradient().values();
    Close.gradient(
        model.parameters(),
        c.exact(engine),
        gradient,
        c.bounded() ? expected : expected.sizedByTheWhole(),
        tolerance(),
        this::toString);
  }

  /** ‖∂L/∂s‖ by lag. */
  private void checkSeen(Map<String, double[]> seen, ReferenceTape.Derivatives expected) {
    double scale = scale(expected);
    var arrays = model.state().arrays();
    int depth = expected.states().length;
    for (int a = 0; a < arrays.size(); a++) {
      double[] norms = seen.getOrDefault(arrays.get(a).name(), new double[depth]);
      for (int lag = 0; lag < depth; lag++) {
        double sum = 0;
        for (int lane = 0; lane < c.lanes(); lane++) {
          double norm = Close.norm(expected.states()[depth - 1 - lag][lane][a]);
          sum += norm * norm;
        }
        double norm = Math.sqrt(sum);
        assertEquals(norm, norms[lag], tolerance() * Math.max(scale, norm), this::toString);
      }
    }
  }

  private State randomState(int lanes) {
    var state = new State(model.state(), lanes);
    for (var array : model.state().arrays()) {
      float[] values = state.array(array.name());
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat() - 0.5f;
      }
    }
    return state;
  }

  private void check(Sensitivities actual, ReferenceTape.Derivatives expected) {
    double[][][] inputs = expected.inputs();
    double scale = scale(expected);
    Close.steps("∂L/∂x", actual.inputs(), inputs, scale, tolerance(), this::toString);
    var arrays = model.state().arrays();
    for (int a = 0; a < arrays.size(); a++) {
      double[][][] states = new double[inputs.length][c.lanes()][];
      for (int t = 0; t < states.length; t++) {
        for (int lane = 0; lane < c.lanes(); lane++) {
          states[t][lane] = expected.states()[t][lane][a];
        }
      }
      String name = arrays.get(a).name();
      Close.steps("∂L/∂" + name, actual.state(name), states, scale, tolerance(), this::toString);
    }
  }

  private void update() {
    if (random.nextInt(5) == 0) {
      return;
    }
    float[] values = theta.values();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (0.1 * random.nextGaussian());
    }
    engine.parametersChanged();
  }

  /** Something that is not a step. */
  private void interrupt() {
    switch (random.nextInt(c.holds() ? 6 : 4)) {
      case 0 -> {
        var snapshot = new Snapshot();
        engine.save(snapshot);
        engine.close();
        engine = c.open(theta);
        engine.load(snapshot);
      }
      case 1 -> {
        int lane = random.nextInt(c.lanes());
        engine.reset(lane);
        reference.reset(lane);
      }
      case 2 -> {
        engine.restart();
        reference.restore(reference.state());
        for (int lane = 0; lane < c.lanes(); lane++) {
          reference.reset(lane);
        }
        begin = step;
      }
      case 3 -> {
        State state = randomState(c.lanes());
        double[][][] same = new double[c.lanes()][][];
        for (int lane = 0; lane < c.lanes(); lane++) {
          same[lane] = doubles(state.lane(lane));
        }
        engine.restart(state);
        reference.restore(same);
        begin = step;
      }
      case 4 -> {
        int lane = random.nextInt(c.lanes());
        State state = randomState(1);
        engine.restart(lane, state);
        reference.restore(lane, doubles(state));
        forgetOutputs(lane);
      }
      default -> {
        int a = random.nextInt(c.lanes());
        int b = random.nextInt(c.lanes());
        var one = new Snapshot();
        var other = new Snapshot();
        engine.saveLane(a, one);
        engine.saveLane(b, other);
        engine.loadLane(a, other);
        engine.loadLane(b, one);
        reference.swap(a, b);
        forgetOutputs(a);
        forgetOutputs(b);
      }
    }
  }

  private double[][] doubles(State one) {
    return model.state().arrays().stream()
        .map(array -> one.array(array.name()))
        .map(values -> IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray())
        .toArray(double[][]::new);
  }

  /** The loss reads no output of before any more. */
  private void forgetOutputs(int lane) {
    for (int t = 0; t < step; t++) {
      counted.set(t, lane, 0, 0);
    }
  }

  @Override
  public String toString() {
    return c + ", after step " + step;
  }
}
