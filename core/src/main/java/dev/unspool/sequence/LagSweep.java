// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.StepMatrix;
import dev.unspool.model.ParameterLayout;
import dev.unspool.program.Linear;
import dev.unspool.program.Node;
import dev.unspool.program.Reduce;
import dev.unspool.program.Repeat;
import dev.unspool.sequence.LinearStep.Instruction;
import dev.unspool.sequence.LinearStep.Multiply;
import dev.unspool.sequence.LinearStep.Part;
import dev.unspool.sequence.LinearStep.Scale;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Goes back from a batch of consecutive steps, one lag at a time: runs the instructions of a {@link
 * LinearStep} on matrices, units × steps of the batch. What nothing has come back to yet is known
 * to be zero, so that nothing is computed of it.
 */
final class LagSweep {
  /** An instruction, and which parts it reads. */
  private record Task(
      Instruction instruction,
      Part[] of,
      double @Nullable [] weights,
      double @Nullable [][] coefficient) {}

  private final LinearStep step;
  private final DoubleRows kernel;
  private final Task[] tasks;
  private final double[][] packed;

  /** What stands in each slot; for what is held, its matrix of this lag. */
  private final @Nullable StepMatrix[] matrices;

  /** For each slot which of what is held stands there, or −1. */
  private final int[] heldOf;

  /** For each of what is held, whether anything came back to it at the last lag. */
  private final boolean[] came;

  /** For each part, whether anything has come back to it; else what stands there is rubbish. */
  private final boolean[] live;

  /** For each slot, whether what comes to it goes no further. */
  private final boolean[] stops;

  /**
   * Makes room.
   *
   * @param steps the most of a batch
   * @param history where coefficients stand
   */
  LagSweep(LinearStep step, DoubleRows kernel, int steps, History history) {
    this.step = step;
    this.kernel = kernel;
    packed = new double[step.factors.size()][];
    double[][][] coefficients = new double[step.coefficients.size()][][];
    step.coefficients.forEach(
        (c, index) -> coefficients[index] = history.rows(c.node(), c.width()));
    step.factors.forEach(
        (factor, index) -> {
          int columns = factor.product().arg(0).width();
          packed[index] = new double[DoubleRows.packed(factor.rows(), columns)];
        });
    tasks =
        step.instructions.stream()
            .map(
                instruction -> {
                  var of = instruction.of();
                  Part[] parts =
                      step.parts.get(of.slot()).stream()
                          .filter(
                              part ->
                                  part.from() < of.from() + of.rows()
                                      && of.from() < part.from() + part.rows())
                          .toArray(Part[]::new);
                  double[][] rows = null;
                  double[] weights = null;
                  switch (instruction) {
                    case Scale scale -> {
                      double[][] unit = new double[scale.into().rows()][];
                      Arrays.fill(unit, history.ones());
                      rows = scale.coefficient() < 0 ? unit : coefficients[scale.coefficient()];
                    }
                    case Multiply multiply -> weights = packed[multiply.matrix()];
                  }
                  return new Task(instruction, parts, weights, rows);
                })
            .toArray(Task[]::new);
    heldOf = new int[step.widths.size()];
    Arrays.fill(heldOf, -1);
    for (int h = 0; h < step.held.length; h++) {
      heldOf[step.held[h]] = h;
    }
    matrices = new StepMatrix[heldOf.length];
    int count = 0;
    for (int slot = 0; slot < matrices.length; slot++) {
      count += step.parts.get(slot).size();
      if (heldOf[slot] < 0) {
        matrices[slot] = kernel.matrix(step.widths.get(slot), steps);
      }
    }
    live = new boolean[count];
    stops = new boolean[matrices.length];
    came = new boolean[step.held.length];
  }

  /** Takes on parameters. */
  void parameters(ParameterLayout layout, double[] theta) {
    step.factors.forEach(
        (factor, index) -> {
          Node product = factor.product();
          double[][] w = new double[factor.rows()][product.arg(0).width()];
          for (int j = 0; j < w.length; j++) {
            int row = factor.from() + j;
            for (int g = 0; g < w[j].length; g++) {
              w[j][g] = weight(product, row, g, layout, theta);
            }
          }
          DoubleRows.pack(w, packed[index]);
        });
  }

  static double weight(Node product, int row, int column, ParameterLayout layout, double[] theta) {
    return switch (product.op()) {
      case Linear(var matrix, boolean transposed) -> {
        int offset = layout.slice(matrix.name()).offset();
        int at = transposed ? column * matrix.columns() + row : row * matrix.columns() + column;
        yield theta[offset + at];
      }
      case Reduce(var _, int groups) -> column / (product.arg(0).width() / groups) == row ? 1 : 0;
      case Repeat(int times) -> row / times == column ? 1 : 0;
      default -> throw new IllegalStateException("no product: " + product);
    };
  }

  /** Before lag 0: nothing has come back to anything. */
  void begin() {
    Arrays.fill(live, false);
  }

  /** Lets 1 come back to one unit of the output, or of a state, from every step of the batch. */
  void seed(int slot, int unit, int count) {
    matrix(slot).clear();
    for (int r = 0; r < count; r++) {
      matrix(slot).set(unit, r, 1);
    }
    live[step.parts.get(slot).getFirst().number()] = true;
  }

  /** Whether what comes to a slot is to go no further, from now on. */
  void stop(int slot, boolean whether) {
    stops[slot] = whether;
  }

  /** What has come to a slot at which everything stops; null if nothing has. */
  @Nullable StepMatrix stopped(int slot) {
    return isLive(slot) ? matrices[slot] : null;
  }

  /** What comes back to a state that a step leaves; null if nothing does. */
  @Nullable StepMatrix state(int state) {
    int slot = step.states[state];
    return slot >= 0 && isLive(slot) ? matrices[slot] : null;
  }

  /** Whether what is held of the last lag is anything but 0. */
  boolean hasCome(int held) {
    return came[held];
  }

  private StepMatrix matrix(int slot) {
    return Objects.requireNonNull(matrices[slot]);
  }

  private boolean isLive(int slot) {
    for (Part part : step.parts.get(slot)) {
      if (live[part.number()]) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs one lag.
   *
   * @param at position in the history that row 0 of the batch looks at
   * @param from first row of the batch that reaches back so far
   * @param to row after the last
   * @param held where what is held of this lag is put; null where nothing of it is needed
   */
  void lag(int at, int from, int to, @Nullable StepMatrix[] held) {
    for (int slot = 0; slot < heldOf.length; slot++) {
      if (heldOf[slot] >= 0) {
        matrices[slot] = held[heldOf[slot]];
      }
    }
    for (Task task : tasks) {
      Part into = task.instruction.into();
      StepMatrix c = matrices[into.slot()];
      if (c != null && !stops[task.instruction.of().slot()] && isRead(task)) {
        run(task, c, into, at, from, to);
      }
    }
    for (int h = 0; h < held.length; h++) {
      StepMatrix matrix = held[h];
      came[h] = matrix != null && !stops[step.held[h]] && isLive(step.held[h]);
      if (matrix != null) {
        fillGaps(step.held[h]);
        // Steps that do not reach back so far: what stands there is of another batch.
        matrix.clearBefore(from);
      }
    }
  }

  /** Whether anything has come back to what a task reads; then gaps in it are made zeros. */
  private boolean isRead(Task task) {
    boolean any = false;
    boolean all = true;
    for (Part part : task.of) {
      any |= live[part.number()];
      all &= live[part.number()];
    }
    for (Part part : task.of) {
      if (any && !all) {
        fill(part);
      }
    }
    return any;
  }

  private void fillGaps(int slot) {
    step.parts.get(slot).forEach(this::fill);
    if (step.parts.get(slot).isEmpty()) {
      matrix(slot).clear(0, step.widths.get(slot));
    }
  }

  private void fill(Part part) {
    if (!live[part.number()]) {
      matrix(part.slot()).clear(part.from(), part.rows());
      live[part.number()] = true;
    }
  }

  private void run(Task task, StepMatrix c, Part into, int at, int from, int to) {
    boolean add = live[into.number()];
    live[into.number()] = true;
    var of = task.instruction.of();
    StepMatrix d = matrix(of.slot());
    double[] weights = task.weights;
    double[][] coefficient = task.coefficient;
    if (weights != null) {
      if (!add) {
        c.clear(into.from(), into.rows());
      }
      kernel.addProduct(c, into.from(), weights, into.rows(), of.rows(), d, of.from(), to);
    } else if (coefficient != null && add) {
      kernel.addMultiple(c, into.from(), d, of.from(), coefficient, at, from, to);
    } else if (coefficient != null) {
      kernel.multiply(c, into.from(), d, of.from(), coefficient, at, from, to);
    }
  }

  /**
   * One step further back: what went to the state that a step found is what the one before left.
   */
  void next() {
    @Nullable StepMatrix[] before = matrices.clone();
    boolean[] carried = new boolean[step.states.length];
    boolean[] given = new boolean[matrices.length];
    for (int s = 0; s < step.states.length; s++) {
      int slot = step.entering[s];
      if (slot >= 0) {
        carried[s] = !stops[slot] && isLive(slot);
        if (carried[s]) {
          fillGaps(slot);
        }
        given[slot] = true;
      }
    }
    Arrays.fill(live, false);
    // Each state takes a matrix and leaves its own to whoever had that one.
    boolean[] taken = new boolean[matrices.length];
    for (int s = 0; s < step.states.length; s++) {
      if (step.entering[s] >= 0) {
        matrices[step.states[s]] = before[step.entering[s]];
        taken[step.states[s]] = true;
      }
    }
    for (int slot = 0; slot < given.length; slot++) {
      if (given[slot] && !taken[slot]) {
        for (int s = 0; s < step.states.length; s++) {
          int left = step.states[s];
          if (left >= 0
              && taken[left]
              && !given[left]
              && step.widths.get(left).equals(step.widths.get(slot))) {
            matrices[slot] = before[left];
            given[left] = true;
            break;
          }
        }
      }
    }
    for (int s = 0; s < step.states.length; s++) {
      if (step.states[s] >= 0) {
        live[step.parts.get(step.states[s]).getFirst().number()] = carried[s];
      }
    }
  }

  /**
   * For each of what is held, the most lags at which anything comes back to it from the output:
   * {@link Integer#MAX_VALUE} where a loop makes that any number, −1 where it never does.
   */
  static int[] reach(LinearStep step) {
    int[] slots = reachOfSlots(step);
    return Arrays.stream(step.held).map(slot -> slots[slot]).toArray();
  }

  /** The same for each slot. */
  static int[] reachOfSlots(LinearStep step) {
    int states = 0;
    for (int slot : step.states) {
      states += slot >= 0 ? 1 : 0;
    }
    int[] reach = new int[step.widths.size()];
    Arrays.fill(reach, -1);
    boolean[] came = new boolean[step.widths.size()];
    came[step.output] = true;
    // What comes at a lag beyond the number of states has been at one of them twice.
    for (int lag = 0; lag <= 2 * states + 1; lag++) {
      for (Instruction instruction : step.instructions) {
        came[instruction.into().slot()] |= came[instruction.of().slot()];
      }
      for (int slot = 0; slot < reach.length; slot++) {
        if (came[slot]) {
          reach[slot] = lag > states ? Integer.MAX_VALUE : lag;
        }
      }
      boolean[] next = new boolean[came.length];
      for (int s = 0; s < step.states.length; s++) {
        if (step.states[s] >= 0 && step.entering[s] >= 0) {
          next[step.states[s]] = came[step.entering[s]];
        }
      }
      came = next;
    }
    return reach;
  }
}
