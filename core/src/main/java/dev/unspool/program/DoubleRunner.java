// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.DoubleUnits;
import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Runs instructions forwards in float64, for one lane; see {@link Runner}. */
final class DoubleRunner {
  /** Rows whose intermediate values are held at once. */
  private static final int BLOCK = 32;

  /** An instruction, made ready. */
  private interface Task {
    /** For the steps {@code first} to the one before {@code end}. */
    void run(int first, int end);

    /** Takes on parameters. */
    default void parameters(double[] theta) {}
  }

  private final DoubleUnits units = DoubleUnits.open();
  private final double[][] arrays;
  private final ParameterLayout layout;
  private final Task[][] tasks;

  /**
   * Makes instructions ready.
   *
   * @param arrays of all homes
   * @param shifts what {@link Instruction.Shift} does
   */
  DoubleRunner(
      List<Phase> phases,
      double[][] arrays,
      ParameterLayout layout,
      Function<Piece, DoubleLoop> compiler,
      Runner.Shifts shifts) {
    this.arrays = arrays;
    this.layout = layout;
    var made = new ArrayList<Task[]>();
    for (Phase phase : phases) {
      made.add(
          phase.instructions().stream()
              .map(
                  instruction ->
                      switch (instruction) {
                        case Instruction.Units units -> new UnitsTask(units, compiler);
                        case Instruction.Multiply multiply -> new MultiplyTask(multiply);
                        case Instruction.Gather gather -> new GatherTask(gather);
                        case Instruction.Move move ->
                            (Task) (first, end) -> copy(move.from(), move.into(), first, end);
                        case Instruction.Shift shift ->
                            (Task) (first, end) -> shifts.run(shift, first, end);
                      })
              .toArray(Task[]::new));
    }
    tasks = made.toArray(Task[][]::new);
  }

  /** Where the first value of a step stands. */
  static int at(Home home, int step) {
    return home.storage() == Home.Storage.CHUNK ? step * home.width() : 0;
  }

  /** Takes on parameters: not modified. */
  void parameters(double[] theta) {
    for (Task[] phase : tasks) {
      for (Task task : phase) {
        task.parameters(theta);
      }
    }
  }

  /** Runs a phase for the steps {@code first} to the one before {@code end}. */
  void run(int phase, int first, int end) {
    for (Task task : tasks[phase]) {
      task.run(first, end);
    }
  }

  private void copy(Home from, Home into, int first, int end) {
    int count = (end - first) * from.width();
    System.arraycopy(arrays[from.id()], at(from, first), arrays[into.id()], at(into, first), count);
  }

  private final class UnitsTask implements Task {
    private final Home[] homes;
    private final DoubleLoop loop;
    private final double[][] table;
    private final int[] offsets;

    UnitsTask(Instruction.Units units, Function<Piece, DoubleLoop> compiler) {
      homes = units.homes().toArray(Home[]::new);
      loop = compiler.apply(units.piece());
      table = new double[homes.length + 1][];
      table[homes.length] = new double[loop.scratch() * BLOCK];
      offsets = new int[table.length];
      for (int i = 0; i < homes.length; i++) {
        table[i] = arrays[homes[i].id()];
      }
    }

    @Override
    public void run(int first, int end) {
      for (int i = 0; i < homes.length; i++) {
        offsets[i] = at(homes[i], first);
      }
      int rows = end - first;
      for (int row = 0; row < rows; row += BLOCK) {
        offsets[homes.length] = -row * loop.scratch();
        loop.run(table, offsets, row, Math.min(row + BLOCK, rows));
      }
    }
  }

  private final class MultiplyTask implements Task {
    private final Instruction.Multiply multiply;
    private final int inputs;
    private final int outputs;

    /** Inputs × outputs; in panels where a step has room for them. */
    private final double[] weights;

    /** Whether products are made of panels, which may overwrite what stands behind them. */
    private final boolean panels;

    MultiplyTask(Instruction.Multiply multiply) {
      this.multiply = multiply;
      this.inputs = multiply.linear().inputs();
      this.outputs = multiply.linear().outputs();
      this.weights = new double[Math.multiplyExact(inputs, outputs)];
      this.panels = outputs % units.panel() == 0;
    }

    @Override
    public void parameters(double[] theta) {
      int offset = layout.slice(multiply.linear().matrix().name()).offset();
      boolean transposed = multiply.linear().transposed();
      int panel = panels ? units.panel() : outputs;
      for (int i = 0; i < inputs; i++) {
        for (int j = 0; j < outputs; j++) {
          weights[(j / panel * inputs + i) * panel + j % panel] =
              theta[offset + (transposed ? i * outputs + j : j * inputs + i)];
        }
      }
    }

    @Override
    public void run(int first, int end) {
      Home from = multiply.from();
      Home into = multiply.into();
      double[] x = arrays[from.id()];
      double[] y = arrays[into.id()];
      Spot bias = multiply.bias();
      boolean fresh = bias == null && !multiply.onto();
      for (int step = first; step < end; step++) {
        int to = at(into, step);
        if (bias != null) {
          System.arraycopy(arrays[bias.home().id()], bias.column(), y, to, outputs);
        } else if (fresh && !panels) {
          Arrays.fill(y, to, to + outputs, 0);
        }
        if (!panels) {
          add(x, at(from, step), y, to);
        }
      }
      if (panels) {
        int distance = inputs * units.panel();
        int lda = at(from, 1);
        int ldc = at(into, 1);
        int rows = end - first;
        int x0 = at(from, first);
        int y0 = at(into, first);
        units.multiply(fresh, rows, outputs, x, x0, lda, weights, 0, distance, inputs, y, y0, ldc);
      }
    }

    private void add(double[] x, int from, double[] y, int to) {
      int n = outputs;
      double[] w = weights;
      int i = 0;
      for (; i + 4 <= inputs; i += 4) {
        double a = x[from + i];
        double b = x[from + i + 1];
        double c = x[from + i + 2];
        double d = x[from + i + 3];
        int at = i * n;
        for (int j = 0; j < n; j++) {
          y[to + j] +=
              a * w[at + j] + b * w[at + n + j] + c * w[at + 2 * n + j] + d * w[at + 3 * n + j];
        }
      }
      for (; i < inputs; i++) {
        double a = x[from + i];
        int at = i * n;
        for (int j = 0; j < n; j++) {
          y[to + j] += a * w[at + j];
        }
      }
    }
  }

  private final class GatherTask implements Task {
    private final Instruction.Gather gather;
    private final double[] rows;

    GatherTask(Instruction.Gather gather) {
      this.gather = gather;
      Matrix table = gather.table();
      this.rows = new double[table == null ? 0 : table.rows() * table.columns()];
    }

    @Override
    public void parameters(double[] theta) {
      Matrix table = gather.table();
      if (table != null) {
        System.arraycopy(theta, layout.slice(table.name()).offset(), rows, 0, rows.length);
      }
    }

    @Override
    public void run(int first, int end) {
      Home from = gather.index().home();
      double[] into = arrays[gather.into().id()];
      int width = gather.into().width();
      for (int step = first; step < end; step++) {
        int which = gather.row(arrays[from.id()][at(from, step) + gather.index().column()]);
        int at = at(gather.into(), step);
        if (gather.table() == null) {
          Arrays.fill(into, at, at + width, 0);
          into[at + which] = 1;
        } else {
          System.arraycopy(rows, which * width, into, at, width);
        }
      }
    }
  }
}
