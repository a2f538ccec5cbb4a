// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs instructions on the arrays of one tape. */
final class Runner {
  /** Rows whose intermediate values are held at once. */
  private static final int BLOCK = 32;

  /** An instruction, made ready. */
  interface Task {
    /** For the steps {@code first} to the one before {@code end}. */
    void run(int first, int end, int version);

    /** As {@link Instruction#entersOnly}. */
    boolean entersOnly();

    /** Whether it reads other steps than it writes, so that it runs for all of them at once. */
    default boolean acrossSteps() {
      return false;
    }
  }

  /** A phase, made ready. */
  record Part(boolean stepwise, Task[] tasks, int[] states) {}

  /** What {@link Instruction.Shift} does, which depends on the direction. */
  interface Shifts {
    void run(Instruction.Shift shift, int first, int end);
  }

  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final Kernels kernels;
  private final int lanes;
  private final java.util.function.Function<Piece, Loop> compiler;
  private final boolean backward;
  private final Shifts shifts;

  Runner(
      ProgramArrays arrays,
      ProgramWeights weights,
      Kernels kernels,
      int lanes,
      java.util.function.Function<Piece, Loop> compiler,
      boolean backward,
      Shifts shifts) {
    this.arrays = arrays;
    this.weights = weights;
    this.kernels = kernels;
    this.lanes = lanes;
    this.compiler = compiler;
    this.backward = backward;
    this.shifts = shifts;
  }

  Part[] prepare(List<Phase> phases) {
    var parts = new ArrayList<Part>();
    for (Phase phase : phases) {
      Task[] tasks = phase.instructions().stream().map(this::prepare).toArray(Task[]::new);
      int[] states = phase.states().stream().mapToInt(Integer::intValue).toArray();
      parts.add(new Part(phase.stepwise(), tasks, states));
    }
    return parts.toArray(Part[]::new);
  }

  private Task prepare(Instruction instruction) {
    return switch (instruction) {
      case Instruction.Units units -> new UnitsTask(units);
      case Instruction.Multiply multiply -> new MultiplyTask(multiply);
      case Instruction.Gather gather -> new GatherTask(gather);
      case Instruction.Move move -> new MoveTask(move);
      case Instruction.Shift shift -> new ShiftTask(shift);
    };
  }

  private final class UnitsTask implements Task, Kernels.Rows {
    private final Instruction.Units units;
    private final Home[] homes;
    private final Loop loop;
    private final int width;

    /** For each part that rows are shared out into. */
    private final float[][][] tables;

    private final int[][] offsets;

    UnitsTask(Instruction.Units units) {
      this.units = units;
      this.homes = units.homes().toArray(Home[]::new);
      this.loop = compiler.apply(units.piece());
      this.width = units.piece().groups() * units.piece().units();
      this.tables = new float[kernels.threads()][homes.length + 1][];
      this.offsets = new int[tables.length][homes.length + 1];
      for (float[][] table : tables) {
        table[homes.length] = new float[loop.scratch() * BLOCK];
      }
    }

    @Override
    public boolean entersOnly() {
      return units.entersOnly();
    }

    @Override
    public void run(int first, int end, int version) {
      for (int part = 0; part < tables.length; part++) {
        for (int i = 0; i < homes.length; i++) {
          boolean isShared = homes[i].storage() == Home.Storage.SHARED;
          tables[part][i] = isShared ? weights.shared(version) : arrays.of(homes[i]);
          offsets[part][i] = arrays.at(homes[i], first);
        }
      }
      kernels.run(this, (end - first) * lanes, width);
    }

    @Override
    public void runRows(int part, int from, int to) {
      int scratch = loop.scratch();
      if (scratch == 0) {
        loop.run(tables[part], offsets[part], from, to);
        return;
      }
      for (int row = from; row < to; row += BLOCK) {
        offsets[part][homes.length] = -row * scratch;
        loop.run(tables[part], offsets[part], row, Math.min(row + BLOCK, to));
      }
    }
  }

  private final class MultiplyTask implements Task {
    private final Instruction.Multiply multiply;
    private final @Nullable PackedMatrix forwards;
    private final @Nullable VersionedMatrix backwards;
    private final float[] bias;

    MultiplyTask(Instruction.Multiply multiply) {
      this.multiply = multiply;
      this.forwards = backward ? null : weights.forward(multiply.linear());
      this.backwards = backward ? weights.backward(multiply.linear()) : null;
      this.bias = new float[multiply.bias() == null ? 0 : multiply.linear().outputs()];
    }

    @Override
    public boolean entersOnly() {
      return multiply.entersOnly();
    }

    private PackedMatrix matrix(int version) {
      if (backwards != null) {
        return backwards.at(version);
      }
      return Objects.requireNonNull(forwards);
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

  private final class GatherTask implements Task {
    private final Instruction.Gather gather;

    GatherTask(Instruction.Gather gather) {
      this.gather = gather;
    }

    @Override
    public boolean entersOnly() {
      return gather.entersOnly();
    }

    @Override
    public void run(int first, int end, int version) {
      Home from = gather.index().home();
      float[] indices = arrays.of(from);
      float[] into = arrays.of(gather.into());
      int width = gather.into().width();
      int at = arrays.at(gather.into(), first);
      int index = arrays.at(from, first) + gather.index().column();
      Matrix table = gather.table();
      for (int row = 0; row < (end - first) * lanes; row++) {
        int which = (int) indices[index + row * from.width()];
        if (table == null) {
          Arrays.fill(into, at + row * width, at + (row + 1) * width, 0);
          into[at + row * width + which] = 1;
        } else {
          int source = weights.offset(table) + which * width;
          System.arraycopy(weights.theta(), source, into, at + row * width, width);
        }
      }
    }
  }

  private final class MoveTask implements Task {
    private final Instruction.Move move;

    MoveTask(Instruction.Move move) {
      this.move = move;
    }

    @Override
    public boolean entersOnly() {
      return move.entersOnly();
    }

    @Override
    public void run(int first, int end, int version) {
      arrays.copy(move.from(), move.into(), first, end);
    }
  }

  private final class ShiftTask implements Task {
    private final Instruction.Shift shift;

    ShiftTask(Instruction.Shift shift) {
      this.shift = shift;
    }

    @Override
    public boolean acrossSteps() {
      return true;
    }

    @Override
    public boolean entersOnly() {
      return shift.entersOnly();
    }

    @Override
    public void run(int first, int end, int version) {
      shifts.run(shift, first, end);
    }
  }
}
