// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.StepMatrix;
import dev.unspool.program.Leaf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * dy_t/dθ, not truncated, by carrying the derivatives of the state along (real-time recurrent
 * learning, Williams and Zipser 1989): J_t = A_t·J_{t−1} + B_t. A_t and B_t, what a step's outputs
 * and next state depend on directly, are one lag of the reverse, for a batch of steps at once. A
 * state that is only handed on hands its derivatives on, too. Where what goes back comes to another
 * value whose derivatives are carried, it goes no further: they are known by then.
 */
final class ForwardAccumulation {
  /** Where the derivatives of a unit come from. */
  private enum From {
    /** There are none. */
    NOWHERE,
    /** A unit of the state with which the step ran: {@code index} among the carried ones. */
    STATE,
    /** A seed: {@code index} says which. */
    SEED
  }

  private record Source(From from, int index) {}

  /** A unit of a value that steps compute, and where to let something come back to it. */
  private record Seed(int slot, int unit) {}

  private final LinearReverse reverse;
  private final DoubleRows kernel;
  private final LinearStep step;
  private final LagSweep sweep;
  private final BatchAdjoints adjoints;
  private final @Nullable StepMatrix[] held;
  private final @Nullable WeightSums[] weights;
  private final int columns;
  private final List<Seed> seeds = new ArrayList<>();

  /** The seeds so that each one stands after those that it depends on at the same step. */
  private final int[] order;

  /** For each unit of a slot at which everything stops, its seed; empty for all other slots. */
  private final int[][] stops;

  /** For each unit of the carried states, in their order. */
  private final Source[] leaving;

  private final Source[] outputs;

  /** For each seed and unit of the carried states, at all steps of the batch: ∂seed/∂unit. */
  private final double[][][] a;

  /** Whether any of them is not 0. */
  private final boolean[][] depends;

  /** The same for each seed and each other one, at the same step; empty where it is always 0. */
  private final double[][][] among;

  private final boolean[][] dependsAmong;

  /** For each seed and step of the batch, direct derivatives. */
  private final double[][][] b;

  /** For each seed some rows of derivatives, of which the newest may still be handed on. */
  private final double[][][] ring;

  private final double[] nothing;
  private double[][] entering;
  private double[][] left;

  /** What a step adds up. */
  private final double[] factors;

  private final double[][] rows;
  private int turn;

  /**
   * Room for sequences.
   *
   * @param columns length of θ
   * @param steps the most of a batch
   */
  ForwardAccumulation(
      LinearReverse reverse,
      LinearStep step,
      History history,
      DoubleRows kernel,
      int columns,
      int steps) {
    this.reverse = reverse;
    this.kernel = kernel;
    this.step = step;
    this.columns = columns;
    this.sweep = new LagSweep(step, kernel, steps, history);
    int[] one = new int[step.held.length];
    Arrays.fill(one, 1);
    adjoints = new BatchAdjoints(reverse, kernel, steps, one);
    held = new StepMatrix[one.length];
    Arrays.setAll(held, h -> adjoints.held[h].at(0));
    weights = new WeightSums[one.length];
    Arrays.setAll(
        weights,
        h -> WeightSums.of(kernel, reverse.held.get(h), reverse.program.parameters(), history));

    var first = new HashMap<Integer, Integer>();
    int units = 0;
    for (int s : reverse.carried) {
      first.put(s, units);
      units += reverse.program.states().get(s).width();
    }
    Map<History.Unit, Integer> known = new HashMap<>();
    outputs = new Source[reverse.program.output().width()];
    for (int o = 0; o < outputs.length; o++) {
      var unit = History.origin(reverse.program.output(), o);
      outputs[o] = source(unit, first, known, new Seed(step.output, o));
    }
    leaving = new Source[units];
    for (int s : reverse.carried) {
      var state = reverse.program.states().get(s);
      int from = first.getOrDefault(s, 0);
      for (int j = 0; j < state.width(); j++) {
        var unit = History.origin(state.leaving(), state.leaving().width() == 1 ? 0 : j);
        leaving[from + j] = source(unit, first, known, new Seed(step.states[s], j));
      }
    }
    stops = stops();
    order = order();
    a = new double[seeds.size()][units][steps];
    depends = new boolean[seeds.size()][units];
    among = new double[seeds.size()][seeds.size()][0];
    dependsAmong = new boolean[seeds.size()][seeds.size()];
    int row = columns + reverse.shared.width();
    b = new double[seeds.size()][steps][row];
    ring = new double[seeds.size()][longest() + 2][columns];
    nothing = new double[columns];
    entering = new double[units][];
    left = new double[units][];
    factors = new double[units + seeds.size()];
    rows = new double[factors.length][];
  }

  private Source source(
      History.Unit unit, Map<Integer, Integer> first, Map<History.Unit, Integer> known, Seed seed) {
    if (unit.node().op() instanceof Leaf leaf) {
      switch (leaf.role()) {
        case STATE -> {
          Integer from = first.get(leaf.index());
          return from == null
              ? new Source(From.NOWHERE, 0)
              : new Source(From.STATE, from + unit.index());
        }
        case INPUT, CONSTANT -> {
          return new Source(From.NOWHERE, 0);
        }
        default -> {}
      }
    }
    return new Source(
        From.SEED,
        known.computeIfAbsent(
            unit,
            _ -> {
              seeds.add(seed);
              return seeds.size() - 1;
            }));
  }

  /** Slots that gather all that comes back to a value of which every unit is a seed. */
  private int[][] stops() {
    int[][] found = new int[step.widths.size()][0];
    for (var instruction : step.instructions) {
      int slot = instruction.into().slot();
      int[] of = new int[step.widths.get(slot)];
      boolean all = true;
      for (int unit = 0; unit < of.length; unit++) {
        of[unit] = seeds.indexOf(new Seed(slot, unit));
        all &= of[unit] >= 0;
      }
      found[slot] = all ? of : new int[0];
    }
    return found;
  }

  private int[] order() {
    var sorted = new LinkedHashSet<Integer>();
    for (int k = 0; k < seeds.size(); k++) {
      visit(k, sorted);
    }
    return sorted.stream().mapToInt(Integer::intValue).toArray();
  }

  private void visit(int seed, Set<Integer> sorted) {
    if (sorted.contains(seed)) {
      return;
    }
    boolean[] came = new boolean[step.widths.size()];
    int own = seeds.get(seed).slot();
    came[own] = true;
    for (var instruction : step.instructions) {
      int of = instruction.of().slot();
      if (came[of] && (stops[of].length == 0 || of == own)) {
        came[instruction.into().slot()] = true;
      }
    }
    for (int slot = 0; slot < came.length; slot++) {
      if (came[slot] && slot != own) {
        for (int other : stops[slot]) {
          visit(other, sorted);
        }
      }
    }
    sorted.add(seed);
  }

  /** For how many steps a row of a seed is handed on, at most. */
  private int longest() {
    int longest = 0;
    for (Source source : leaving) {
      int length = 0;
      Source at = source;
      while (at.from() == From.STATE && length <= leaving.length) {
        at = leaving[at.index()];
        length++;
      }
      longest = at.from() == From.SEED ? Math.max(longest, length) : longest;
    }
    return longest;
  }

  /** Takes on parameters. */
  void parameters(double[] theta) {
    sweep.parameters(reverse.program.parameters(), theta);
    reverse.shared.parameters(theta);
  }

  /** Multiplications for one step: one lag for each seed, and A·J. */
  double cost(double lag) {
    return seeds.size() * (lag + (double) leaving.length * columns);
  }

  /** Begins a sequence. */
  void begin(Beginning beginning) {
    double[] row = new double[columns + reverse.shared.width()];
    int unit = 0;
    int component = 0;
    for (int s = 0; s < reverse.program.states().size(); s++) {
      int width = reverse.program.states().get(s).width();
      int column = reverse.shared.initial(s);
      for (int j = 0; j < width && reverse.carried.contains(s); j++) {
        entering[unit] = nothing;
        if (beginning.isEstimated(component + j)) {
          entering[unit] = new double[columns];
          entering[unit][beginning.estimated()[component + j]] = 1;
        } else if (beginning.state() == null && column >= 0) {
          Arrays.fill(row, 0);
          row[column + j] = 1;
          reverse.shared.apply(row, 0);
          entering[unit] = Arrays.copyOf(row, columns);
        }
        unit++;
      }
      component += width;
    }
  }

  /** What the steps {@code first} to {@code first + count − 1} depend on directly. */
  void prepare(History history, long first, int count) {
    for (int k = 0; k < b.length; k++) {
      for (int r = 0; r < count; r++) {
        Arrays.fill(b[k][r], 0);
      }
      var seed = seeds.get(k);
      for (int slot = 0; slot < stops.length; slot++) {
        sweep.stop(slot, stops[slot].length > 0 && slot != seed.slot());
      }
      sweep.begin();
      sweep.seed(seed.slot(), seed.unit(), count);
      sweep.lag(history.position(first), 0, count, held);
      among(k, count);
      for (int h = 0; h < weights.length; h++) {
        var sums = weights[h];
        if (sums != null && sweep.hasCome(h)) {
          sums.addDirect(history, first, count, adjoints.held[h].at(0), b[k]);
        }
      }
      for (int r = 0; r < count; r++) {
        reverse.shared.apply(b[k][r], 0);
      }
      sweep.next();
      int unit = 0;
      for (int s : reverse.carried) {
        StepMatrix of = sweep.state(s);
        for (int j = 0; j < reverse.program.states().get(s).width(); j++) {
          depends[k][unit] = of != null;
          for (int r = 0; of != null && r < count; r++) {
            a[k][unit][r] = of.get(j, r);
          }
          unit++;
        }
      }
    }
  }

  /** Keeps what a seed depends on at the same step. */
  private void among(int k, int count) {
    for (int slot = 0; slot < stops.length; slot++) {
      int[] others = stops[slot];
      if (others.length == 0 || slot == seeds.get(k).slot()) {
        continue;
      }
      StepMatrix of = sweep.stopped(slot);
      for (int unit = 0; unit < others.length; unit++) {
        int other = others[unit];
        dependsAmong[k][other] = of != null;
        if (of == null) {
          continue;
        }
        if (among[k][other].length == 0) {
          among[k][other] = new double[b[k].length];
        }
        for (int r = 0; r < count; r++) {
          among[k][other][r] = of.get(unit, r);
        }
      }
    }
  }

  /**
   * The next step of the sequence.
   *
   * @param r its row in the batch that has been prepared
   * @param into overwritten: outputs × θ: dy_t/dθ
   */
  void step(int r, double[] into) {
    turn++;
    for (int k : order) {
      double[] row = ring[k][turn % ring[k].length];
      int some = 0;
      for (int unit = 0; unit < entering.length; unit++) {
        double factor = depends[k][unit] ? a[k][unit][r] : 0;
        if (factor != 0 && entering[unit] != nothing) {
          factors[some] = factor;
          rows[some++] = entering[unit];
        }
      }
      for (int other = 0; other < seeds.size(); other++) {
        double factor = dependsAmong[k][other] ? among[k][other][r] : 0;
        if (factor != 0) {
          factors[some] = factor;
          rows[some++] = ring[other][turn % ring[other].length];
        }
      }
      kernel.combine(row, b[k][r], columns, factors, rows, some);
    }
    for (int o = 0; o < outputs.length; o++) {
      System.arraycopy(row(outputs[o]), 0, into, o * columns, columns);
    }
    for (int unit = 0; unit < left.length; unit++) {
      left[unit] = row(leaving[unit]);
    }
    double[][] before = entering;
    entering = left;
    left = before;
  }

  private double[] row(Source source) {
    return switch (source.from()) {
      case NOWHERE -> nothing;
      case STATE -> entering[source.index()];
      case SEED -> ring[source.index()][turn % ring[source.index()].length];
    };
  }
}
