// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.MatrixProducts;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.model.Workers;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes instructions ready to run on the arrays of one tape, in one direction: for all lanes, whose
 * rows threads may share out, or for some lanes by one thread.
 */
final class Runner {
  /** What an instruction does. */
  interface Action {
    /** For the steps {@code first} to the one before {@code end}. */
    void run(int first, int end, int version);
  }

  /**
   * An instruction, made ready.
   *
   * @param entersOnly as {@link Instruction#entersOnly}
   * @param acrossSteps whether it reads other steps than it writes, so that it runs for all of them
   *     at once
   * @param allLanes whether it is for the rows of all lanes
   */
  record Task(Action action, boolean entersOnly, boolean acrossSteps, boolean allLanes) {
    void run(int first, int end, int version) {
      if (allLanes || acrossSteps) {
        action.run(first, end, version);
        return;
      }
      for (int slot = first; slot < end; slot++) { // rows of some lanes lie together in a step only
        action.run(slot, slot + 1, version);
      }
    }
  }

  /** A phase, made ready. */
  record Part(boolean stepwise, Task[] tasks, int[] states) {
    void run(int first, int end, int version) {
      for (Task task : tasks) {
        task.run(first, end, version);
      }
    }
  }

  /** What {@link Instruction.Shift} does, which depends on the direction. */
  interface Shifts {
    void run(Instruction.Shift shift, int first, int end);
  }

  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final Workers workers;
  private final Lanes lanes;
  private final CompiledPlan compiled;
  private final boolean backward;
  private final Shifts shifts;

  Runner(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      Workers workers,
      Lanes lanes,
      boolean backward,
      Shifts shifts) {
    this.arrays = arrays;
    this.weights = weights;
    this.workers = workers;
    this.lanes = lanes;
    this.compiled = compiled;
    this.backward = backward;
    this.shifts = shifts;
  }

  Part[] prepare(List<Phase> phases) {
    return phases.stream().map(this::prepare).toArray(Part[]::new);
  }

  private Part prepare(Phase phase) {
    return new Part(
        phase.stepwise(),
        phase.instructions().stream().map(this::prepare).toArray(Task[]::new),
        phase.states().stream().mapToInt(Integer::intValue).toArray());
  }

  private Task prepare(Instruction instruction) {
    Action action =
        switch (instruction) {
          case Instruction.Units units ->
              new UnitsAction(units, compiled.loop(units.piece()), arrays, weights, workers, lanes);
          case Instruction.Multiply multiply -> new Multiply(multiply);
          case Instruction.Gather gather -> (first, end, _) -> gather(gather, first, end);
          case Instruction.Move move -> (first, end, _) -> move(move, first, end);
          case Instruction.Shift shift -> (first, end, _) -> shifts.run(shift, first, end);
        };
    boolean acrossSteps = instruction instanceof Instruction.Shift;
    return new Task(action, instruction.entersOnly(), acrossSteps, lanes.areAll());
  }

  /** Rows of some steps; of one step, where these are not the rows of all lanes. */
  private int rows(int first, int end) {
    return (end - first) * lanes.count();
  }

  /** Where the first of these rows begins. */
  private int at(Home home, int first) {
    return arrays.at(home, first) + lanes.from() * home.width();
  }

  private void move(Instruction.Move move, int first, int end) {
    System.arraycopy(
        arrays.of(move.from()),
        at(move.from(), first),
        arrays.of(move.into()),
        at(move.into(), first),
        rows(first, end) * move.from().width());
  }

  private final class Multiply implements Action {
    private final Instruction.Multiply multiply;
    private final @Nullable PackedMatrix forwards;

    /** Number of the product among those of sweeps; −1 forwards. */
    private final int product;

    private final float[] bias;

    Multiply(Instruction.Multiply multiply) {
      this.multiply = multiply;
      this.forwards = backward ? null : weights.forward(multiply.linear());
      this.product = backward ? weights.backward(multiply.linear()) : -1;
      this.bias = new float[multiply.bias() == null ? 0 : multiply.linear().outputs()];
    }

    private MatrixProducts matrix(int version) {
      var matrix = forwards == null ? weights.backward(product, version) : forwards;
      return lanes.areAll() ? matrix : matrix.alone(lanes.part());
    }

    @Override
    public void run(int first, int end, int version) {
      Home from = multiply.from();
      Home into = multiply.into();
      var matrix = matrix(version);
      float[] x = arrays.of(from);
      float[] y = arrays.of(into);
      int rows = rows(first, end);
      if (multiply.onto()) {
        matrix.multiplyAdd(x, at(from, first), rows, y, at(into, first));
        return;
      }
      Spot spot = multiply.bias();
      if (spot != null) {
        System.arraycopy(weights.shared(version), spot.column(), bias, 0, bias.length);
      }
      matrix.multiply(x, at(from, first), rows, spot == null ? null : bias, y, at(into, first));
    }
  }

  private void gather(Instruction.Gather gather, int first, int end) {
    Home from = gather.index().home();
    float[] indices = arrays.of(from);
    float[] into = arrays.of(gather.into());
    int width = gather.into().width();
    int at = at(gather.into(), first);
    int index = at(from, first) + gather.index().column();
    Matrix table = gather.table();
    int offset = table == null ? 0 : weights.offset(table);
    for (int row = 0; row < rows(first, end); row++) {
      int which = gather.row(indices[index + row * from.width()]);
      if (table == null) {
        Arrays.fill(into, at + row * width, at + (row + 1) * width, 0);
        into[at + row * width + which] = 1;
      } else {
        System.arraycopy(weights.theta(), offset + which * width, into, at + row * width, width);
      }
    }
  }
}
