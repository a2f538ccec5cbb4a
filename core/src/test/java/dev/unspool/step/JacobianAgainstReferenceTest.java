// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.jacobian.JacobianRequest;
import dev.unspool.jacobian.Jacobians;
import dev.unspool.jacobian.StepJacobian;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.reference.ReferenceTape;
import dev.unspool.reference.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * dy_t/dθ, dy_t/dx and dy_t/ds in float64 against the definition, an unrolled graph of scalars: for
 * random programs and for built-in networks, truncated or not, with resets, masks and several
 * lanes. {@code -Dunspool.seed=N} runs one case, {@code -Dunspool.cases=N} that many.
 */
class JacobianAgainstReferenceTest {
  private static final double TOLERANCE = 1e-10;

  static LongStream seeds() {
    return Seeds.of(130);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomPrograms(long seed) {
    var c = RandomStepCase.of(seed, false);
    var random = new SplitMix64(seed ^ 0x5eed);
    int steps = 5 + random.nextInt(9);
    new Comparison(c.program(), c.classes(), c.parameters(random), steps, c.lanes(), random, c)
        .run();
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void networks(Cell cell) {
    for (int layers = 1; layers <= 2; layers++) {
      var random = new SplitMix64(31 * cell.toString().hashCode() + layers);
      var plain = NetworkSpec.of(cell, 2, 5, 2).withLayers(layers);
      var spec = layers == 2 ? plain.withLearnedInitialState() : plain;
      var network = new Network(spec);
      var theta = network.initialise(random);
      for (int i = 0; i < theta.values().length; i++) {
        theta.values()[i] += 0.2f * (float) random.nextGaussian();
      }
      for (int k = 0; k < 3; k++) {
        new Comparison(network, 0, theta, 9, 2, random, spec).run();
      }
    }
  }

  /** A product that depends on parameters alone. */
  @Test
  void productsOfParameters() {
    var random = new SplitMix64(9);
    var model =
        StepProgram.of(
            2,
            (s, x) -> {
              Signal h = s.state("h", 3);
              Signal drive = s.linear("drive", s.vector("v", 4).tanh(), 3);
              return s.next(h, s.linear("w", x, 3).plus(h.times(drive)).tanh());
            });
    new Comparison(model, 0, model.initialise(random), 7, 1, random, model).run();
  }

  /** So many steps that they are more than one batch, and so deep that not all lags are held. */
  @Test
  void longSequences() {
    var random = new SplitMix64(4);
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 2, 1).withLearnedInitialState());
    new Comparison(network, 0, network.initialise(random), 150, 1, random, network).run();
  }

  /**
   * Wide and deep enough that weights are folded with slopes, over several batches, with segments
   * that end before they are that deep.
   */
  @Test
  void wideAndDeepNetworks() {
    for (Cell cell : List.of(Cell.LSTM, Cell.GRU, Cell.RNN_TANH)) {
      for (int layers = 1; layers <= 2; layers++) {
        int hidden = layers == 1 ? 19 : 8;
        var spec = NetworkSpec.of(cell, 3, hidden, layers).withLayers(layers);
        var network = new Network(spec);
        var theta = network.initialise(new SplitMix64(layers));
        var random = new SplitMix64(11);
        var request = new JacobianRequest(layers == 1 ? 16 : 37, false);
        int compared =
            new Comparison(network, 0, theta, 100, 1, random, spec, 40, request, true).run();
        assertTrue(compared > 1, () -> "too few steps asked for: " + spec);
      }
    }
  }

  /** One model, one stream; the random numbers decide the truncation and what is asked for. */
  private static final class Comparison {
    private final Model model;
    private final Parameters theta;
    private final int lanes;
    private final Object what;
    private final Steps inputs;
    private final Steps mask;
    private final LaneEvents resets;
    private final JacobianRequest request;
    private final boolean strict;
    private final ReferenceTape reference;

    Comparison(
        Model model,
        int classes,
        Parameters theta,
        int steps,
        int lanes,
        RandomGenerator random,
        Object what) {
      this(
          model,
          classes,
          theta,
          steps,
          lanes,
          random,
          what,
          random.nextBoolean() ? 6 : 0,
          request(steps, random),
          false);
    }

    /**
     * One step in {@code segment} begins anew; none where that is 0.
     *
     * @param strict whether errors are measured by the largest derivative, not by the magnitudes of
     *     all paths: of many units and steps these grow so large that everything would pass
     */
    Comparison(
        Model model,
        int classes,
        Parameters theta,
        int steps,
        int lanes,
        RandomGenerator random,
        Object what,
        int segment,
        JacobianRequest request,
        boolean strict) {
      this.strict = strict;
      this.model = model;
      this.theta = theta;
      this.lanes = lanes;
      this.what = what;
      inputs = Steps.allocate(steps, lanes, model.inputs());
      for (int i = 0; i < inputs.size(); i++) {
        inputs.values()[i] = classes == 0 ? (float) random.nextGaussian() : random.nextInt(classes);
      }
      mask = Steps.allocate(steps, lanes, 1);
      resets = new LaneEvents(steps, lanes);
      for (int t = 0; t < steps; t++) {
        for (int lane = 0; lane < lanes; lane++) {
          mask.set(t, lane, 0, random.nextInt(steps > 50 ? 20 : 4) == 0 == steps > 50 ? 1 : 0);
          resets.set(t, lane, t > 0 && segment > 0 && random.nextInt(segment) == 0);
        }
      }
      this.request = request;
      reference = new ReferenceTape(model, theta, WeightPolicy.AS_APPLIED, lanes, steps);
    }

    private static JacobianRequest request(int steps, RandomGenerator random) {
      int depth = random.nextBoolean() ? 1 + random.nextInt(steps) : JacobianRequest.UNTRUNCATED;
      return new JacobianRequest(depth, random.nextInt(3) == 0);
    }

    /** Returns how many steps were compared. */
    int run() {
      int compared = 0;
      double[] values = new double[theta.values().length];
      Arrays.setAll(values, i -> theta.values()[i]);
      Map<List<Integer>, Row> rows = new HashMap<>();
      Jacobians.of(model)
          .differentiate(
              values,
              inputs,
              resets,
              mask,
              request,
              row -> rows.put(List.of(row.step(), row.lane()), new Row(model, row, request)));
      int[] begun = new int[lanes];
      for (int t = 0; t < inputs.steps(); t++) {
        forward(t);
        for (int lane = 0; lane < lanes; lane++) {
          begun[lane] = resets.begins(t, lane) ? t : begun[lane];
          Row row = rows.remove(List.of(t, lane));
          assertEquals(mask.get(t, lane, 0) != 0, row != null, this::toString);
          if (row != null && reference.narrowest() > 1e-12) { // else, which way round a bend?
            compare(row, t, lane, t - begun[lane] + 1);
            compared++;
          }
        }
      }
      assertEquals(Map.of(), rows, this::toString);
      return compared;
    }

    private void compare(Row row, int t, int lane, int since) {
      int swept = Math.min(request.depth(), t + 1);
      int depth = Math.min(swept, since);
      assertEquals(depth, row.depth, this::toString);
      for (int o = 0; o < model.outputs(); o++) {
        int output = o;
        var expected = reference.sweep(swept, 1, (_, y, _) -> y[0][lane][output]);
        String at = "step %s, lane %s, output %s: ".formatted(t, lane, o);
        close(at + "y", expected.value(), row.outputs[o], 1);
        double scale = 0;
        for (double magnitude : strict ? expected.gradient() : expected.magnitude()) {
          scale = Math.max(scale, Math.abs(magnitude));
        }
        int parameters = theta.values().length;
        for (int p = 0; p < parameters; p++) {
          close(
              at + "dy/dθ" + p,
              expected.gradient()[p],
              row.parameters[o * parameters + p],
              strict ? scale : expected.magnitude()[p] + 1e-3 * scale);
        }
        if (request.sensitivities()) {
          sensitivities(at, row, expected, swept, depth, lane, o, 1 + scale);
        }
      }
    }

    private void sensitivities(
        String at,
        Row row,
        ReferenceTape.Derivatives expected,
        int swept,
        int depth,
        int lane,
        int o,
        double scale) {
      int features = model.inputs();
      for (int lag = 0; lag < depth; lag++) {
        for (int i = 0; i < features; i++) {
          close(
              at + "dy/dx, lag " + lag,
              expected.inputs()[swept - 1 - lag][lane][i],
              row.inputs[(o * depth + lag) * features + i],
              scale);
        }
      }
      for (int s = 0; s < row.states.size(); s++) {
        double[] states = expected.states()[swept - depth][lane][s];
        for (int j = 0; j < states.length; j++) {
          String of = model.state().arrays().get(s).name();
          close(at + "dy/d" + of, states[j], row.states.get(s)[o * states.length + j], scale);
        }
      }
    }

    private void close(String of, double expected, double actual, double scale) {
      double allowed = TOLERANCE * (Math.abs(expected) + scale);
      if (!Double.isFinite(allowed)) {
        return; // nor has the definition an answer
      }
      assertEquals(expected, actual, allowed, () -> of + "; " + this);
    }

    private void forward(int t) {
      double[][] x = new double[lanes][model.inputs()];
      boolean[] begins = new boolean[lanes];
      for (int lane = 0; lane < lanes; lane++) {
        begins[lane] = resets.begins(t, lane);
        for (int i = 0; i < model.inputs(); i++) {
          x[lane][i] = inputs.get(t, lane, i);
        }
      }
      reference.forward(x, begins, null);
    }

    @Override
    public String toString() {
      return "%s; %s, %s steps, %s lanes".formatted(what, request, inputs.steps(), lanes);
    }
  }

  /** A copy of what is handed over. */
  private static final class Row {
    final double[] outputs;
    final double[] parameters;
    final double[] inputs;
    final List<double[]> states = new ArrayList<>();
    final int depth;

    Row(Model model, StepJacobian of, JacobianRequest request) {
      outputs = of.outputs().clone();
      parameters = of.parameters().clone();
      inputs = of.inputs().clone();
      depth = of.depth();
      for (var array : model.state().arrays()) {
        if (request.sensitivities()) {
          states.add(of.state(array.name()).clone());
        }
      }
    }
  }
}
