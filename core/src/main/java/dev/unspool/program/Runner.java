// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes instructions ready to run on the arrays of one tape, in one direction. */
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
   */
  record Task(Action action, boolean entersOnly, boolean acrossSteps) {
    void run(int first, int end, int version) {
      action.run(first, end, version);
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
  private final Kernels kernels;
  private final int lanes;
  private final CompiledPlan compiled;
  private final boolean backward;
  private final Shifts shifts;

  Runner(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      Kernels kernels,
      int lanes,
      boolean backward,
      Shifts shifts) {
    this.arrays = arrays;
    this.weights = weights;
    this.kernels = kernels;
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
              new UnitsAction(units, compiled.loop(units.piece()), arrays, weights, kernels, lanes);
          case Instruction.Multiply multiply -> new Multiply(multiply);
          case Instruction.Gather gather -> (first, end, _) -> gather(gather, first, end);
          case Instruction.Move move ->
              (first, end, _) -> arrays.copy(move.from(), move.into(), first, end);
          case Instruction.Shift shift -> (first, end, _) -> shifts.run(shift, first, end);
        };
    boolean acrossSteps = instruction instanceof Instruction.Shift;
    return new Task(action, instruction.entersOnly(), acrossSteps);
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

    private PackedMatrix matrix(int version) {
      return forwards == null ? weights.backward(product, version) : forwards;
    }

    @Override
    public void run(int first, int end, int version) {
      Home from = multiply.from();
      Home into = multiply.into();
      var matrix = matrix(version);
      float[] x = arrays.of(from);
      float[] y = arrays.of(into);
      int rows = (end - first) * lanes;
      if (multiply.onto()) {
        matrix.multiplyAdd(x, arrays.at(from, first), rows, y, arrays.at(into, first));
        return;
      }
      Spot spot = multiply.bias();
      if (spot != null) {
        System.arraycopy(weights.shared(version), spot.column(), bias, 0, bias.length);
      }
      matrix.multiply(
          x, arrays.at(from, first), rows, spot == null ? null : bias, y, arrays.at(into, first));
    }
  }

  private void gather(Instruction.Gather gather, int first, int end) {
    Home from = gather.index().home();
    float[] indices = arrays.of(from);
    float[] into = arrays.of(gather.into());
    int width = gather.into().width();
    int at = arrays.at(gather.into(), first);
    int index = arrays.at(from, first) + gather.index().column();
    Matrix table = gather.table();
    int offset = table == null ? 0 : weights.offset(table);
    for (int row = 0; row < (end - first) * lanes; row++) {
      int which = (int) indices[index + row * from.width()];
      if (table == null) {
        Arrays.fill(into, at + row * width, at + (row + 1) * width, 0);
        into[at + row * width + which] = 1;
      } else {
        System.arraycopy(weights.theta(), offset + which * width, into, at + row * width, width);
      }
    }
  }
}
