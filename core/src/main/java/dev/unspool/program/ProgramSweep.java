// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sweeps over the tape of a {@link Program}: runs its reverse, newest step first. */
final class ProgramSweep {
  private final Plan plan;
  private final Program program;
  private final ParameterLayout layout;
  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final Kernels kernels;
  private final TapeStore store;
  private final int[] resets;
  private final int[] versionOf;
  private final int lanes;
  private final Runner.Part[] parts;
  private final Runner.Part[] earlyParts;
  private final Runner.Part[] lazyParts;
  private final float[] adjointArray;
  private final boolean wantsOldest;
  private final Home[] zeroed;
  private final Plan.Gradient[] gradients;

  /** For each gradient, whether it is the first of its matrix. */
  private final boolean[] fresh;

  private final ParameterLayout.Slice[] untouched;
  private final VectorGradient[] vectors;
  private final @Nullable Home[] entering;
  private final @Nullable Home[] carryBack;
  private final String[] names;
  private float[] temporary = new float[0];

  /** What goes back beyond the oldest step. */
  private final float[] beforeOldest;

  // The sweep that runs now.
  private int first;
  private int end;

  /** For each run of steps with the same version of the weights, ∂L/∂(each initial value). */
  private float[][][] initial = new float[0][][];

  ProgramSweep(
      Plan plan,
      ProgramArrays arrays,
      ProgramWeights weights,
      Kernels kernels,
      TapeStore store,
      int[] resets,
      WeightVersions versions,
      int lanes,
      Function<Piece, Loop> compiler) {
    this.plan = plan;
    this.program = plan.program();
    this.layout = program.parameters();
    this.arrays = arrays;
    this.weights = weights;
    this.kernels = kernels;
    this.store = store;
    this.resets = resets;
    this.versionOf = versions.ofSlots();
    this.lanes = lanes;
    var runner = new Runner(arrays, weights, kernels, lanes, compiler, true, this::shift);
    this.parts = runner.prepare(plan.backward());
    this.earlyParts = runner.prepare(plan.earlyBackward());
    this.lazyParts = runner.prepare(plan.lazyBackward());
    this.adjointArray = arrays.of(plan.adjoint());
    this.wantsOldest = plan.initial().stream().anyMatch(spot -> spot != null);
    this.zeroed = plan.zeroed().toArray(Home[]::new);
    this.gradients = ordered(plan.gradients());
    this.fresh = new boolean[gradients.length];
    Set<Matrix> seen = new HashSet<>();
    for (int i = 0; i < gradients.length; i++) {
      fresh[i] = seen.add(gradients[i].matrix());
    }
    this.untouched = untouched();
    this.vectors = vectorGradients();
    this.entering = plan.enteringBack().toArray(Home[]::new);
    this.carryBack = plan.carryBack().toArray(Home[]::new);
    this.beforeOldest = new float[lanes * widest()];
    this.names = program.states().stream().map(StateArray::name).toArray(String[]::new);
  }

  private int widest() {
    return program.states().stream().mapToInt(StateArray::width).max().orElse(0);
  }

  void run(int depth, Adjoint adjoint) {
    end = store.end();
    first = end - depth;
    int read = end - adjoint.outputs().steps();
    arrays.sweep = first;
    prepare(adjoint.outputs(), read);
    for (Runner.Part part : earlyParts) {
      block(part, first, end);
    }
    for (Runner.Part part : lazyParts) {
      block(part, read, end);
    }
    for (Runner.Part part : parts) {
      if (part.stepwise()) {
        steps(part, adjoint.sensitivities());
      } else {
        block(part, first, end);
      }
    }
    unlooped(adjoint.sensitivities());
    float[] into = adjoint.into().values();
    matrices(into, read);
    vectors(into, read);
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities != null) {
      report(plan.inputBack(), sensitivities.inputs());
    }
  }

  private void prepare(Steps seed, int read) {
    arrays.read = read;
    Home home = plan.adjoint();
    for (Home each : zeroed) {
      Arrays.fill(arrays.of(each), 0, (read - first) * lanes * each.width(), 0);
    }
    if (home.storage() == Home.Storage.ADJOINT) {
      arrays.arrays[home.id()] = seed.values();
      arrays.readOffset = seed.offset();
    } else {
      System.arraycopy(
          seed.values(), seed.offset(), adjointArray, arrays.at(home, read), seed.size());
    }
    if (wantsOldest) {
      int runs = 0;
      for (int slot = first; slot < end; slot = runEnd(slot, end)) {
        runs++;
      }
      if (initial.length < runs) {
        int before = initial.length;
        initial = Arrays.copyOf(initial, runs);
        for (int run = before; run < runs; run++) {
          initial[run] = new float[plan.initial().size()][];
          for (int i = 0; i < initial[run].length; i++) {
            initial[run][i] = new float[plan.entering().get(i).width()];
          }
        }
      }
      for (float[][] run : initial) {
        for (float[] values : run) {
          Arrays.fill(values, 0);
        }
      }
    }
  }

  /** The slot after the last of those that ran with the same weights, one after the other. */
  private int runEnd(int slot, int limit) {
    int to = slot + 1;
    while (to < limit && versionOf[to] == versionOf[slot]) {
      to++;
    }
    return to;
  }

  private void block(Runner.Part part, int from, int to) {
    for (Runner.Task task : part.tasks()) {
      if (task.acrossSteps()) {
        task.run(from, to, 0);
        continue;
      }
      for (int slot = from; slot < to; ) {
        int runEnd = runEnd(slot, to);
        task.run(slot, runEnd, versionOf[slot]);
        slot = runEnd;
      }
    }
  }

  private void steps(Runner.Part part, @Nullable Sensitivities sensitivities) {
    for (int state : part.states()) {
      Home home = carryBack[state];
      if (home != null) {
        int newest = arrays.at(home, end - 1);
        Arrays.fill(arrays.of(home), newest, newest + lanes * home.width(), 0);
      }
    }
    boolean oldest = wantsOldest || sensitivities != null;
    for (int slot = end - 1; slot >= first; slot--) {
      boolean last = slot == first && !oldest;
      for (Runner.Task task : part.tasks()) {
        if (!last || !task.entersOnly()) {
          task.run(slot, slot + 1, versionOf[slot]);
        }
      }
      if (last) {
        return;
      }
      for (int state : part.states()) {
        Home enters = entering[state];
        Home carry = carryBack[state];
        if (enters == null || carry == null) {
          continue;
        }
        if (sensitivities != null) {
          report(enters, slot, sensitivities.state(names[state]));
        }
        boolean room = slot > first || carry.storage() == Home.Storage.CARRY_BACK;
        float[] into = room ? arrays.of(carry) : beforeOldest;
        int at = room ? arrays.at(carry, slot - 1) : 0;
        int size = lanes * carry.width();
        System.arraycopy(arrays.of(enters), arrays.at(enters, slot), into, at, size);
        cut(state, slot, into, at);
      }
    }
  }

  /** Where a lane began with a step, what came back belongs to the initial state and ends. */
  private void cut(int state, int slot, float[] values, int offset) {
    int width = plan.entering().get(state).width();
    for (int lane = 0; lane < lanes; lane++) {
      if (resets[slot * lanes + lane] == 0) {
        continue;
      }
      int at = offset + lane * width;
      if (plan.initial().get(state) != null) {
        float[] into = initial[runOf(slot)][state];
        for (int j = 0; j < width; j++) {
          into[j] += values[at + j];
        }
      }
      Arrays.fill(values, at, at + width, 0);
    }
  }

  private int runOf(int slot) {
    int run = 0;
    for (int at = runEnd(first, end); at <= slot; at = runEnd(at, end)) {
      run++;
    }
    return run;
  }

  /** What goes back to the values that steps leave, for a state that does not depend on itself. */
  private void shift(Instruction.Shift shift, int from, int to) {
    Home into = shift.into();
    int width = lanes * into.width();
    Spot entering = shift.other();
    float[] values = arrays.of(into);
    int at = arrays.at(into, from);
    if (entering == null) {
      Arrays.fill(values, at, at + (to - from) * width, 0);
      return;
    }
    Home source = entering.home();
    System.arraycopy(
        arrays.of(source), arrays.at(source, from) + width, values, at, (to - from - 1) * width);
    for (int slot = from; slot < to - 1; slot++) {
      for (int lane = 0; lane < lanes; lane++) {
        if (resets[(slot + 1) * lanes + lane] != 0) {
          int row = arrays.at(into, slot) + lane * into.width();
          Arrays.fill(values, row, row + into.width(), 0);
        }
      }
    }
    int newest = arrays.at(into, to - 1);
    Arrays.fill(values, newest, newest + width, 0);
  }

  /** Initial values and sensitivities of the states that do not depend on themselves. */
  private void unlooped(@Nullable Sensitivities sensitivities) {
    for (int state = 0; state < entering.length; state++) {
      Home home = entering[state];
      String name = names[state];
      if (home == null) {
        if (sensitivities != null) {
          sensitivities.state(name).fill(0);
        }
        continue;
      }
      if (plan.looped().get(state)) {
        continue;
      }
      if (sensitivities != null) {
        report(home, sensitivities.state(name));
      }
      if (plan.initial().get(state) != null) {
        float[] copy = new float[lanes * home.width()];
        for (int slot = first; slot < end; slot++) {
          System.arraycopy(arrays.of(home), arrays.at(home, slot), copy, 0, copy.length);
          cut(state, slot, copy, 0);
        }
      }
    }
  }

  private void report(Home home, int slot, Steps into) {
    System.arraycopy(
        arrays.of(home),
        arrays.at(home, slot),
        into.values(),
        into.at(slot - first),
        lanes * home.width());
  }

  private void report(@Nullable Home home, Steps into) {
    if (home == null) {
      into.fill(0);
      return;
    }
    System.arraycopy(
        arrays.of(home), arrays.at(home, first), into.values(), into.offset(), into.size());
  }

  // ----- gradients

  /** Whole products first, since the first one of a matrix overwrites; then rows of tables. */
  private static Plan.Gradient[] ordered(List<Plan.Gradient> gradients) {
    var sorted = new ArrayList<>(gradients);
    sorted.sort(Comparator.comparing(Plan.Gradient::scattered));
    return sorted.toArray(Plan.Gradient[]::new);
  }

  private void matrices(float[] into, int read) {
    for (ParameterLayout.Slice slice : untouched) {
      Arrays.fill(into, slice.offset(), slice.end(), 0);
    }
    for (int i = 0; i < gradients.length; i++) {
      Plan.Gradient gradient = gradients[i];
      int from = gradient.lazy() ? read : first;
      if (gradient.scattered()) {
        scatter(gradient, from, into, fresh[i]);
      } else {
        product(gradient, from, into, fresh[i]);
      }
    }
  }

  private void product(Plan.Gradient gradient, int from, float[] into, boolean fresh) {
    Matrix matrix = gradient.matrix();
    Home left = gradient.left().home();
    Home right = gradient.right();
    int offset = weights.offset(matrix);
    int size = matrix.rows() * matrix.columns();
    if (!fresh && temporary.length < size) {
      temporary = new float[size];
    }
    float[] target = fresh ? into : temporary;
    int at = fresh ? offset : 0;
    kernels.transposedProduct(
        arrays.of(left),
        arrays.at(left, from),
        matrix.rows(),
        arrays.of(right),
        arrays.at(right, from),
        matrix.columns(),
        (end - from) * lanes,
        target,
        at);
    for (int i = 0; !fresh && i < size; i++) {
      into[offset + i] += temporary[i];
    }
  }

  private void scatter(Plan.Gradient gradient, int from, float[] into, boolean fresh) {
    Matrix table = gradient.matrix();
    int offset = weights.offset(table);
    int width = table.columns();
    if (fresh) {
      Arrays.fill(into, offset, offset + table.rows() * width, 0);
    }
    Home left = gradient.left().home();
    float[] indices = arrays.of(left);
    float[] d = arrays.of(gradient.right());
    int index = arrays.at(left, from) + gradient.left().column();
    int at = arrays.at(gradient.right(), from);
    for (int row = 0; row < (end - from) * lanes; row++) {
      int target = offset + (int) indices[index + row * left.width()] * width;
      for (int j = 0; j < width; j++) {
        into[target + j] += d[at + row * width + j];
      }
    }
  }

  /** How the derivative with respect to a vector of parameters comes about. */
  private record VectorGradient(
      ParameterLayout.Slice slice, Node node, Plan.@Nullable Rows rows, int same) {}

  private VectorGradient[] vectorGradients() {
    var result = new ArrayList<VectorGradient>();
    Map<Node, Integer> done = new HashMap<>();
    for (var slice : layout.slices()) {
      Node node = plan.reverse().vectors().get(slice.name());
      if (!program.isVector(slice.name()) || node == null) {
        continue;
      }
      Integer same = done.putIfAbsent(node, slice.offset());
      Plan.Rows rows = node.op() instanceof RowSum ? rows(node) : null;
      result.add(new VectorGradient(slice, node, rows, same == null ? -1 : same));
    }
    return result.toArray(VectorGradient[]::new);
  }

  private ParameterLayout.Slice[] untouched() {
    return layout.slices().stream()
        .filter(
            slice ->
                program.isVector(slice.name())
                    ? !plan.reverse().vectors().containsKey(slice.name())
                    : plan.gradients().stream()
                        .noneMatch(gradient -> gradient.matrix().name().equals(slice.name())))
        .toArray(ParameterLayout.Slice[]::new);
  }

  private void vectors(float[] into, int read) {
    for (VectorGradient vector : vectors) {
      var slice = vector.slice();
      Plan.Rows rows = vector.rows();
      if (vector.same() >= 0) {
        System.arraycopy(into, vector.same(), into, slice.offset(), vector.node().width());
      } else if (rows != null) {
        sum(rows, first, end, read, into, slice.offset());
      } else {
        interpret(vector.node(), read, into, slice.offset());
      }
    }
  }

  private Plan.Rows rows(Node node) {
    for (Plan.Rows rows : plan.rowSums()) {
      if (rows.node() == node) {
        return rows;
      }
    }
    throw new IllegalStateException("not planned: " + node);
  }

  private void sum(Plan.Rows rows, int from, int to, int read, float[] into, int offset) {
    int begin = rows.lazy() ? Math.max(from, read) : from;
    int width = rows.of().width();
    if (begin >= to) {
      Arrays.fill(into, offset, offset + width, 0);
      return;
    }
    kernels.columnSums(
        arrays.of(rows.of()),
        arrays.at(rows.of(), begin),
        width,
        (to - begin) * lanes,
        into,
        offset);
  }

  /** A derivative that goes on from sums over rows, with the parameters that these rows had. */
  private void interpret(Node node, int read, float[] into, int offset) {
    double[] total = new double[node.width()];
    int run = 0;
    for (int slot = first; slot < end; run++) {
      int from = slot;
      int to = runEnd(slot, end);
      float[] shared = weights.shared(versionOf[slot]);
      float[][] initials = wantsOldest ? initial[run] : new float[0][];
      var interpreter =
          new Interpreter(
              new Op.Values() {
                @Override
                public double[] leaf(Leaf leaf) {
                  if (leaf.role() == Leaf.Role.INITIAL_ADJOINT) {
                    return ProgramWeights.doubles(initials[leaf.index()], 0, leaf.width());
                  }
                  return ofShared(leaf, shared);
                }

                @Override
                public double[] matrix(Matrix matrix) {
                  throw new IllegalStateException("a product of parameters: " + matrix);
                }
              },
              false);
      for (Node each : Graph.closure(List.of(node), n -> n.op() instanceof RowSum)) {
        if (each.op() instanceof RowSum) {
          float[] sums = new float[each.width()];
          sum(rows(each), from, to, read, sums, 0);
          interpreter.set(each, ProgramWeights.doubles(sums, 0, sums.length));
        }
      }
      interpreter.run(List.of(node));
      double[] value = interpreter.value(node);
      for (int j = 0; j < total.length; j++) {
        total[j] += value[j];
      }
      slot = to;
    }
    for (int j = 0; j < total.length; j++) {
      into[offset + j] = (float) total[j];
    }
  }

  private double[] ofShared(Leaf leaf, float[] shared) {
    for (Node node : plan.shared()) {
      Integer column = plan.sharedColumn(node);
      if (node.op().equals(leaf) && column != null) {
        return ProgramWeights.doubles(shared, column, leaf.width());
      }
    }
    throw new IllegalStateException("not kept: " + leaf);
  }
}
