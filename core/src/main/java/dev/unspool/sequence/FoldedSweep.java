// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.AlignedDoubles;
import dev.unspool.kernel.DoubleUnits;
import dev.unspool.kernel.LagBlocks;
import dev.unspool.model.ParameterLayout;
import dev.unspool.sequence.FoldedStep.Clear;
import dev.unspool.sequence.FoldedStep.Folded;
import dev.unspool.sequence.FoldedStep.Hold;
import dev.unspool.sequence.FoldedStep.Product;
import dev.unspool.sequence.FoldedStep.Put;
import dev.unspool.sequence.FoldedStep.Source;
import dev.unspool.sequence.FoldedStep.Task;
import dev.unspool.sequence.FoldedStep.Term;
import dev.unspool.sequence.LinearStep.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Goes back from a batch of consecutive steps, one step of the sequence at a time: those steps of
 * the batch that look back upon it stand below each other, units side by side. A step enters when
 * its own turn comes, and leaves when it has looked back far enough.
 */
final class FoldedSweep {
  /** Pieces of a folded product that lie together: rows of the matrix, and where in a frame. */
  private record Run(int row, int depth, int[] at) {}

  /** A matrix in panels, folded anew at every step. */
  private static final class Fold {
    final int depth;
    final AlignedDoubles matrix;
    final List<Run> runs = new ArrayList<>();

    /** For each source and term the numbers that a row of the matrix is multiplied by. */
    final double[][][] by;

    /** For each source and term the row of the matrix with which it begins. */
    final int[][] rows;

    Fold(int depth, int columns, int sources) {
      this.depth = depth;
      this.matrix = new AlignedDoubles(depth * columns);
      this.by = new double[sources][][];
      this.rows = new int[sources][];
    }
  }

  private final LinearStep linear;
  private final FoldedStep step;
  private final DoubleUnits kernel;
  private final Task[] tasks;

  /** For each task, what it is folded into; null for others. */
  private final Fold[] folds;

  /** For each factor panels, sums × columns of a panel. */
  private final AlignedDoubles[] packed;

  /** For each factor how many sums. */
  private final int[] sums;

  private final double[][][] coefficients;

  /** For each coefficient its values at the step of the sequence that is looked at. */
  private final double[][] now;

  private final double[] ones;
  private final AlignedDoubles frames;
  private final int width;

  /**
   * Makes room.
   *
   * @param steps the most of a batch
   * @param history where coefficients stand
   */
  FoldedSweep(LinearStep linear, FoldedStep step, DoubleUnits kernel, int steps, History history) {
    this.linear = linear;
    this.step = step;
    this.kernel = kernel;
    this.width = step.width;
    tasks = step.tasks.toArray(Task[]::new);
    packed = new AlignedDoubles[linear.factors.size()];
    sums = new int[packed.length];
    linear.factors.forEach(
        (factor, index) -> {
          sums[index] = factor.product().arg(0).width();
          packed[index] = new AlignedDoubles(sums[index] * kernel.whole(factor.rows()));
        });
    coefficients = new double[linear.coefficients.size()][][];
    now = new double[coefficients.length][];
    linear.coefficients.forEach(
        (c, index) -> {
          coefficients[index] = history.rows(c.node(), c.width());
          now[index] = new double[c.width()];
        });
    ones = new double[linear.widths.stream().mapToInt(Integer::intValue).max().orElse(0)];
    Arrays.fill(ones, 1);
    folds = new Fold[tasks.length];
    for (int i = 0; i < tasks.length; i++) {
      if (tasks[i] instanceof Folded folded) {
        folds[i] = fold(folded);
      }
    }
    frames = new AlignedDoubles(Math.multiplyExact(steps, width));
  }

  private Fold fold(Folded folded) {
    int depth = folded.sources().stream().mapToInt(source -> source.of().rows()).sum();
    int count = folded.sources().size();
    var fold = new Fold(depth, kernel.whole(folded.into().rows()), count);
    int row = 0;
    for (int i = 0; i < count; i++) {
      Source source = folded.sources().get(i);
      fold.rows[i] = source.terms().stream().mapToInt(Term::row).toArray();
      fold.by[i] =
          source.terms().stream().map(term -> values(term.coefficient())).toArray(double[][]::new);
      View of = source.of();
      int[] at = {at(of, 0), at(of, 1)};
      Run last = fold.runs.isEmpty() ? null : fold.runs.getLast();
      if (last != null && last.at[0] + last.depth == at[0] && last.at[1] + last.depth == at[1]) {
        fold.runs.set(fold.runs.size() - 1, new Run(last.row, last.depth + of.rows(), last.at));
      } else {
        fold.runs.add(new Run(row, of.rows(), at));
      }
      row += of.rows();
    }
    return fold;
  }

  private int at(View of, int turn) {
    return step.offset[turn][of.slot()] + of.from();
  }

  /** Takes on parameters. */
  void parameters(ParameterLayout layout, double[] theta) {
    int panel = kernel.panel();
    linear.factors.forEach(
        (factor, index) -> {
          double[] into = packed[index].values();
          int start = packed[index].renew();
          for (int j = 0; j < factor.rows(); j++) {
            for (int g = 0; g < sums[index]; g++) {
              into[start + (j / panel * sums[index] + g) * panel + j % panel] =
                  LagSweep.weight(factor.product(), factor.from() + j, g, layout, theta);
            }
          }
        });
  }

  /**
   * Goes back from one component of the outputs.
   *
   * @param first step of the batch's first row
   * @param count number of steps
   * @param depth of the truncation
   * @param into for each of what is held, overwritten as far as the sequence reaches back
   */
  void run(History history, long first, int count, int depth, int component, LagBlocks[] into) {
    renew(into);
    int oldest = (int) Math.max(1 - depth, -first);
    for (int at = count - 1; at >= oldest; at--) {
      int turn = at & 1;
      if (at >= 0) {
        enter(at, turn, component);
      }
      read(history.position(first + at));
      int from = Math.max(at, 0);
      for (int i = 0; i < tasks.length; i++) {
        Task task = tasks[i];
        int lags = Math.min(task.reach(), depth - 1) + 1;
        int rows = Math.min(count, at + lags) - from;
        if (rows > 0) {
          run(i, task, turn, from, rows, from - at, into);
        }
      }
    }
  }

  /** A batch writes all of these anew. */
  private void renew(LagBlocks[] into) {
    frames.renew();
    for (LagBlocks held : into) {
      held.renew();
    }
    for (Fold fold : folds) {
      if (fold != null) {
        fold.matrix.renew();
      }
    }
  }

  /** Where a step of the sequence is a step of the batch: nothing has come back to it but 1. */
  private void enter(int row, int turn, int component) {
    double[] values = frames.values();
    int at = frames.start() + row * width;
    Arrays.fill(values, at, at + width, 0);
    values[at + step.offset[turn][linear.output] + component] = 1;
  }

  private void read(int position) {
    for (int c = 0; c < now.length; c++) {
      double[] into = now[c];
      double[][] from = coefficients[c];
      for (int j = 0; j < into.length; j++) {
        into[j] = from[j][position];
      }
    }
  }

  private double[] values(int coefficient) {
    return coefficient < 0 ? ones : now[coefficient];
  }

  private void run(int i, Task task, int turn, int row, int rows, int lag, LagBlocks[] into) {
    double[] values = frames.values();
    int at = frames.start() + row * width;
    int[] offset = step.offset[turn];
    switch (task) {
      case Put put -> {
        int to = at + offset[put.slot()] + put.from();
        View of = put.of();
        kernel.scale(
            put.add(),
            rows,
            of.rows(),
            values,
            to,
            width,
            values,
            at + at(of, turn),
            width,
            values(put.coefficient()),
            0);
      }
      case Hold hold -> {
        View of = hold.of();
        kernel.scale(
            hold.add(),
            rows,
            of.rows(),
            into[hold.held()],
            row,
            hold.from(),
            lag,
            values,
            at + at(of, turn),
            width,
            values(hold.coefficient()));
      }
      case Product product -> {
        View of = product.of();
        int columns = product.into().rows();
        kernel.multiply(
            !product.add(),
            rows,
            columns,
            values,
            at + at(of, turn),
            width,
            packed[product.factor()].values(),
            packed[product.factor()].start(),
            of.rows() * kernel.panel(),
            of.rows(),
            values,
            at + offset[product.into().slot()] + product.into().from(),
            width);
      }
      case Folded folded -> {
        Fold fold = folds[i];
        fold(folded, fold);
        boolean add = folded.add();
        for (Run run : fold.runs) {
          kernel.multiply(
              !add,
              rows,
              folded.into().rows(),
              values,
              at + run.at[turn],
              width,
              fold.matrix.values(),
              fold.matrix.start() + run.row * kernel.panel(),
              fold.depth * kernel.panel(),
              run.depth,
              values,
              at + offset[folded.into().slot()] + folded.into().from(),
              width);
          add = true;
        }
      }
      case Clear clear -> {
        int slot = clear.slot();
        for (int r = 0; r < rows; r++) {
          if (offset[slot] < 0) {
            into[clear.held()].clear(row + r, lag + r);
          } else {
            int from = at + r * width + offset[slot];
            Arrays.fill(values, from, from + linear.widths.get(slot), 0);
          }
        }
      }
    }
  }

  /** Multiplies the rows of a matrix by what the step of the sequence says. */
  private void fold(Folded folded, Fold fold) {
    int panel = kernel.panel();
    AlignedDoubles matrix = fold.matrix;
    AlignedDoubles weights = packed[folded.factor()];
    int height = sums[folded.factor()] * panel;
    for (int p = 0; p * panel < folded.into().rows(); p++) {
      int row = 0;
      for (int i = 0; i < fold.rows.length; i++) {
        int depth = folded.sources().get(i).of().rows();
        kernel.fold(
            depth,
            matrix.values(),
            matrix.start() + (p * fold.depth + row) * panel,
            weights.values(),
            weights.start() + p * height,
            fold.by[i],
            fold.rows[i]);
        row += depth;
      }
    }
  }
}
