// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.program.Copy;
import dev.unspool.program.Detach;
import dev.unspool.program.DoubleRun;
import dev.unspool.program.Interpreter;
import dev.unspool.program.Join;
import dev.unspool.program.Node;
import dev.unspool.program.ParameterValues;
import dev.unspool.program.Program;
import dev.unspool.program.Repeat;
import dev.unspool.program.Slice;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The newest steps of one sequence: runs a program forwards and keeps what its derivative needs.
 *
 * <p>Every value is an array over time, so that what a batch of consecutive steps saw some steps
 * ago is one contiguous piece: the derivatives of all steps advance together at the speed of long
 * vectors, however small the network.
 */
public final class History {
  /** A unit of a value that is kept. */
  record Unit(Node node, int index) {}

  private final Program program;
  private final DoubleRun run;
  private final int chunk;
  private final int capacity;

  /** Values that differ from step to step, units × positions. */
  private final Map<Node, double[][]> values = new LinkedHashMap<>();

  /** Values that are the same at all steps, each at every position. */
  private final Map<Node, double[][]> constants = new HashMap<>();

  private final double[] ones;
  private final double[][] outputs;
  private double[] theta = {};
  private int next;
  private long steps;

  /**
   * Room for sequences.
   *
   * @param run has been asked for {@link #kept} of what will be read
   * @param chunk the most steps that it runs at once
   * @param read what will be read
   * @param capacity number of steps that can be looked back upon
   */
  History(Program program, DoubleRun run, int chunk, Collection<Node> read, int capacity) {
    this.program = program;
    this.run = run;
    this.chunk = chunk;
    this.capacity = capacity;
    for (Node node : kept(read)) {
      values.put(node, new double[node.width()][capacity]);
    }
    ones = new double[capacity];
    Arrays.fill(ones, 1);
    outputs = rows(program.output(), program.output().width());
  }

  /** What has to be kept for some values to be read: parts and repetitions are views. */
  static Set<Node> kept(Collection<Node> read) {
    var kept = new LinkedHashSet<Node>();
    for (Node node : read) {
      for (int j = 0; j < node.width(); j++) {
        Node origin = origin(node, j).node();
        if (origin.perRow()) {
          kept.add(origin);
        }
      }
    }
    return kept;
  }

  /** Where a unit of a value comes from: looks through parts and repetitions. */
  static Unit origin(Node node, int index) {
    return switch (node.op()) {
      case Slice(int from, int _) -> origin(node.arg(0), from + index);
      case Repeat(int times) -> origin(node.arg(0), index / times);
      case Detach _, Copy _ -> origin(node.arg(0), node.arg(0).width() == 1 ? 0 : index);
      case Join _ -> {
        int at = index;
        int part = 0;
        while (at >= node.arg(part).width()) {
          at -= node.arg(part++).width();
        }
        yield origin(node.arg(part), at);
      }
      default -> new Unit(node, index);
    };
  }

  /** A unit of a value over time; see {@link #position}. */
  double[] row(Node node, int index) {
    Unit unit = origin(node, index);
    Node of = unit.node();
    double[][] rows =
        of.perRow()
            ? values.get(of)
            : constants.computeIfAbsent(of, _ -> new double[of.width()][capacity]);
    if (rows == null) {
      throw new IllegalArgumentException("not kept: " + of);
    }
    return rows[unit.index()];
  }

  /** The same for all units; a value of width 1 is the same for all of them. */
  double[][] rows(Node node, int width) {
    double[][] rows = new double[width][];
    Arrays.setAll(rows, j -> row(node, node.width() == 1 ? 0 : j));
    return rows;
  }

  /** A signal that is 1 at all times. */
  double[] ones() {
    return ones;
  }

  /** Takes on parameters, once all rows have been asked for: not kept, and not modified. */
  void parameters(double[] values) {
    theta = values;
    run.parameters(values);
    var interpreter = new Interpreter(new ParameterValues(program.parameters(), values), false);
    interpreter.run(constants.keySet());
    constants.forEach(
        (node, rows) -> {
          double[] value = interpreter.value(node);
          for (int j = 0; j < rows.length; j++) {
            Arrays.fill(rows[j], value[j]);
          }
        });
  }

  /** Number of steps since the beginning of the sequence. */
  public long steps() {
    return steps;
  }

  /** Where step {@code t} of the sequence stands in the arrays. */
  int position(long t) {
    return (int) (next - (steps - t));
  }

  /** One component of the output of a step that is still held. */
  public double output(long t, int component) {
    return outputs[component][position(t)];
  }

  /** Begins a sequence. */
  void begin(Beginning beginning) {
    steps = 0;
    next = 0;
    double[] state = beginning.state(theta);
    if (state == null) {
      run.begin();
    } else {
      run.beginAt(state);
    }
  }

  /**
   * Runs steps. Older ones than the capacity allows fall off.
   *
   * @param inputs steps × inputs from {@code offset}; not modified, not kept
   * @param keep number of steps, besides these, that must stay
   */
  void append(double[] inputs, int offset, int count, int keep) {
    if (next + count > capacity) {
      slide(Math.min(keep, next));
    }
    int width = program.input().width();
    for (int from = 0; from < count; from += chunk) {
      int some = Math.min(chunk, count - from);
      run.run(inputs, offset + from * width, some);
      values.forEach((node, rows) -> run.read(node, rows, next, some));
      next += some;
      steps += some;
    }
  }

  private void slide(int kept) {
    int from = next - kept;
    for (double[][] rows : values.values()) {
      for (double[] row : rows) {
        System.arraycopy(row, from, row, 0, kept);
      }
    }
    next = kept;
  }
}
