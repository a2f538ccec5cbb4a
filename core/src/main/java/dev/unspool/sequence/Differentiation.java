// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.DoubleUnits;
import dev.unspool.program.DoubleRun;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
import dev.unspool.program.compile.LoopCompiler;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Differentiates sequences whose initial values are parameters in the same places. Chooses between
 * {@link LagJacobian} and {@link ForwardAccumulation}; keeps the room that the longest sequence so
 * far has needed.
 */
final class Differentiation {
  private static final int CHUNK = 64;
  private static final int FEWEST = 8;

  /** Steps of a chunk whose weights are folded: anew for each chunk, so that it is not short. */
  private static final int FOLDED_CHUNK = 32;

  /** Lags from which on folding is less work than it saves. */
  private static final int FOLDED_LAGS = 16;

  /** Doubles for the adjoints of a chunk, at most, where that leaves {@link #FEWEST} steps. */
  private static final long BUDGET = 1 << 17;

  /** Doubles that stay in a core's own cache between being computed and being read. */
  private static final int CACHED = 1 << 17;

  /** Doubles for the adjoints of a chunk beyond which only some lags are held at a time. */
  private static final long HELD = 1 << 22;

  private static final BatchSensitivities[] NONE = {};

  private final LinearReverse reverse;
  private final LinearStep step;
  private final LinkedHashSet<Node> read = new LinkedHashSet<>();
  private final DoubleRun run;
  private final int columns;
  private final int depth;
  private final boolean sensitivities;
  private final int outputs;
  private double @Nullable [] theta;
  private @Nullable Backwards backwards;
  private @Nullable Forwards forwards;

  Differentiation(
      Program program,
      int columns,
      int depth,
      boolean sensitivities,
      Collection<Integer> estimated) {
    this.columns = columns;
    this.depth = depth;
    this.sensitivities = sensitivities;
    this.outputs = program.output().width();
    reverse = new LinearReverse(program, columns, sensitivities, estimated);
    step = new LinearStep(reverse);
    read.add(program.output());
    step.coefficients.keySet().forEach(c -> read.add(c.node()));
    for (var held : reverse.held) {
      held.weights.forEach(weights -> read.add(weights.signal()));
      held.rows.forEach(rows -> read.add(rows.index()));
    }
    run = new DoubleRun(program, reverse.g, History.kept(read), CHUNK, LoopCompiler::compileDouble);
  }

  private History history(int capacity) {
    return new History(reverse.program, run, CHUNK, read, capacity);
  }

  /** Takes on parameters; not modified until others come. */
  void parameters(double[] values) {
    theta = values;
    if (backwards != null) {
      backwards.stale = true;
    }
    if (forwards != null) {
      forwards.stale = true;
    }
  }

  private double[] theta() {
    if (theta == null) {
      throw new IllegalStateException("parameters come first");
    }
    return theta;
  }

  /** See {@link SequenceJacobian#differentiate}. */
  void differentiate(
      Beginning beginning, double[] inputs, int steps, LongPredicate which, StepRows rows) {
    int deep = Math.max(1, Math.min(depth, steps));
    if (!sensitivities && depth >= steps) {
      if (forwards == null) {
        forwards = new Forwards();
      }
      double lags = (steps + 1) / 2.0;
      double lag = lag();
      if (forwards.accumulation.cost(lag) <= lags * outputs * lag) {
        forwards.differentiate(beginning, inputs, steps, which, rows);
        return;
      }
    }
    if (backwards == null || backwards.deep < deep) {
      backwards = new Backwards(deep);
    }
    backwards.differentiate(beginning, inputs, steps, which, rows);
  }

  /** Multiplications for one lag of one output. */
  double lag() {
    double products = 0;
    for (var factor : step.factors.keySet()) {
      products += (double) factor.rows() * factor.product().arg(0).width();
    }
    for (var held : reverse.held) {
      for (var weights : held.weights) {
        products += (double) weights.signal().width() * held.node.width();
      }
    }
    return products;
  }

  /** What is folded, where that pays: over enough lags, and where nothing else is wanted. */
  private @Nullable FoldedStep folded(int deep, long memory, DoubleUnits units) {
    boolean possible = !sensitivities && reverse.initial.isEmpty();
    if (!possible || deep < FOLDED_LAGS || FOLDED_CHUNK * memory > HELD || widest() < FEWEST) {
      return null;
    }
    return FoldedStep.of(step, units::whole);
  }

  /** Units of the widest state, which fill vectors or do not. */
  private int widest() {
    return reverse.program.states().stream().mapToInt(s -> s.width()).max().orElse(0);
  }

  /** Doubles that are held of a step at each lag. */
  private long heldWidth() {
    return reverse.held.stream().mapToLong(held -> held.node.width()).sum();
  }

  private static boolean none(LongPredicate which, int first, int count) {
    for (int t = first; t < first + count; t++) {
      if (which.test(t)) {
        return false;
      }
    }
    return true;
  }

  private final class Forwards {
    final ForwardAccumulation accumulation;
    private final History history;
    private final int chunk;
    private final double[] jacobian = new double[Math.multiplyExact(outputs, columns)];
    boolean stale = true;

    Forwards() {
      int units = reverse.program.states().stream().mapToInt(s -> s.width()).sum();
      long perStep = Math.max(1, (long) (outputs + units) * columns);
      chunk = Math.clamp(BUDGET / perStep, FEWEST, 4 * CHUNK) / FEWEST * FEWEST;
      history = history(2 * chunk);
      accumulation =
          new ForwardAccumulation(reverse, step, history, DoubleRows.open(), columns, chunk);
    }

    void differentiate(
        Beginning beginning, double[] inputs, int steps, LongPredicate which, StepRows rows) {
      if (stale) {
        history.parameters(theta());
        accumulation.parameters(theta());
        stale = false;
      }
      history.begin(beginning);
      accumulation.begin(beginning);
      int width = reverse.program.input().width();
      for (int first = 0; first < steps; first += chunk) {
        int count = Math.min(chunk, steps - first);
        history.append(inputs, first * width, count, 0);
        accumulation.prepare(history, first, count);
        for (int r = 0; r < count; r++) {
          accumulation.step(r, jacobian);
          if (which.test(first + r)) {
            rows.accept(first + r, history, jacobian, NONE, 0);
          }
        }
      }
    }
  }

  private final class Backwards {
    final int deep;
    private final int chunk;
    private final History history;
    private final BatchJacobian sweep;

    /** The same where some lags are held at a time. */
    private final @Nullable LagJacobian pieces;

    private final BatchSensitivities[] wanted;
    private final double[][] jacobians;
    boolean stale = true;

    Backwards(int deep) {
      this.deep = deep;
      long memory = Math.max(1, Math.multiplyExact(outputs * (long) deep, heldWidth()));
      int perStep = Math.addExact(Math.multiplyExact(outputs, columns), reverse.shared.width());
      var kernel = DoubleRows.open();
      var units = DoubleUnits.open();
      FoldedStep folded = folded(deep, memory, units);
      if (folded != null) {
        chunk = FOLDED_CHUNK;
        history = history(deep + 4 * chunk);
        sweep = new FoldedJacobian(reverse, step, folded, history, units, columns, chunk, deep);
        pieces = null;
        jacobians = new double[1][perStep];
      } else {
        chunk = Math.clamp(BUDGET / memory, FEWEST, CHUNK) / FEWEST * FEWEST;
        // Either the adjoints of all lags are held and some steps' derivatives, or the other way
        // round.
        boolean some = chunk * memory > HELD + (long) chunk * perStep;
        int block = some ? chunk : Math.clamp(CACHED / Math.max(1, perStep), 1, FEWEST);
        history = history(deep + 4 * chunk);
        var lags = new LagJacobian(reverse, step, history, kernel, columns, chunk, deep, some);
        sweep = lags;
        pieces = some ? lags : null;
        jacobians = new double[block][perStep];
      }
      wanted = new BatchSensitivities[sensitivities ? outputs : 0];
      Arrays.setAll(wanted, _ -> new BatchSensitivities(reverse, kernel, chunk, deep));
    }

    void differentiate(
        Beginning beginning, double[] inputs, int steps, LongPredicate which, StepRows rows) {
      if (stale) {
        history.parameters(theta());
        sweep.parameters(theta());
        stale = false;
      }
      history.begin(beginning);
      sweep.begin(beginning);
      int width = reverse.program.input().width();
      for (int first = 0; first < steps; first += chunk) {
        int count = Math.min(chunk, steps - first);
        history.append(inputs, first * width, count, deep);
        if (!none(which, first, count)) {
          batch(first, count, which, rows);
        }
      }
    }

    private void batch(int first, int count, LongPredicate which, StepRows rows) {
      for (int r = 0; pieces != null && r < count; r++) {
        Arrays.fill(jacobians[r], 0);
      }
      for (int o = 0; o < outputs; o++) {
        var asked = sensitivities ? wanted[o] : null;
        if (asked != null) {
          asked.clear();
        }
        if (pieces != null) {
          pieces.differentiate(history, first, count, o, asked, jacobians);
        } else {
          sweep.sweep(history, first, count, o, asked);
        }
      }
      for (int row = 0; row < count; row += jacobians.length) {
        int some = Math.min(jacobians.length, count - row);
        if (none(which, first + row, some)) {
          continue;
        }
        if (pieces == null) {
          sweep.derivatives(history, first, row, some, jacobians);
        }
        for (int r = 0; r < some; r++) {
          int t = first + row + r;
          if (which.test(t)) {
            double[] whole = jacobians[r];
            boolean exact = reverse.shared.width() == 0;
            double[] handed = exact ? whole : Arrays.copyOf(whole, outputs * columns);
            rows.accept(t, history, handed, wanted, row + r);
          }
        }
      }
    }
  }
}
