// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ∂L/∂(each vector of parameters), once a sweep: mostly the sum over all rows of what came back to
 * it. Where a step uses a function of parameters, the derivative of that function goes on from such
 * sums, at the weights that these rows had.
 */
final class VectorGradients {
  /**
   * How one comes about.
   *
   * @param rows the sum that it is; null if it is something else
   * @param chain the loop that it is; null if it is none
   * @param same where in θ a vector stands whose derivative is the same; −1 if there is none
   */
  private record Vector(
      int offset,
      Node node,
      BackwardPlan.@Nullable Rows rows,
      VectorChain.@Nullable Terms chain,
      int same) {}

  private final Plan plan;
  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final InitialAdjoints initial;
  private final WeightVersions versions;
  private final Kernels kernels;
  private final int lanes;
  private final Vector[] vectors;

  /** Which of them somebody else computes. */
  private final boolean[] claimed;

  VectorGradients(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      InitialAdjoints initial,
      WeightVersions versions,
      Kernels kernels,
      int lanes) {
    this.plan = compiled.plan();
    this.arrays = arrays;
    this.weights = weights;
    this.initial = initial;
    this.versions = versions;
    this.kernels = kernels;
    this.lanes = lanes;
    var found = new ArrayList<Vector>();
    Map<Node, Integer> done = new HashMap<>();
    for (ParameterLayout.Slice slice : plan.program().parameters().slices()) {
      Node node = plan.reverse().vectors().get(slice.name());
      if (node != null) {
        Integer same = done.putIfAbsent(node, slice.offset());
        BackwardPlan.Rows rows = node.op() instanceof RowSum ? rows(node) : null;
        VectorChain chain = rows == null ? compiled.chain(node) : null;
        found.add(
            new Vector(
                slice.offset(),
                node,
                rows,
                chain == null ? null : chain.terms(),
                same == null ? -1 : same));
      }
    }
    this.vectors = found.toArray(Vector[]::new);
    this.claimed = new boolean[vectors.length];
  }

  /** As {@link MatrixGradients.RowSums#claim}. */
  int claim(Home rows, boolean lazy) {
    for (int i = 0; i < vectors.length; i++) {
      BackwardPlan.Rows sum = vectors[i].rows();
      boolean free = vectors[i].same() < 0 && !claimed[i];
      if (free && sum != null && sum.of() == rows && sum.lazy() == lazy) {
        claimed[i] = true;
        return vectors[i].offset();
      }
    }
    return -1;
  }

  private BackwardPlan.Rows rows(Node node) {
    for (BackwardPlan.Rows rows : plan.backward().rowSums()) {
      if (rows.node() == node) {
        return rows;
      }
    }
    throw new IllegalStateException("not planned: " + node);
  }

  /**
   * Computes all that nobody has claimed; those that somebody has are there by now.
   *
   * @param read first slot whose outputs have a derivative
   */
  void compute(int first, int end, int read, float[] into) {
    for (int i = 0; i < vectors.length; i++) {
      Vector vector = vectors[i];
      if (claimed[i]) {
        continue;
      }
      if (vector.same() >= 0) {
        System.arraycopy(into, vector.same(), into, vector.offset(), vector.node().width());
      } else if (vector.rows() != null) {
        sum(vector.rows(), first, end, read, into, vector.offset());
      } else if (vector.chain() != null) {
        run(vector.chain(), first, end, read, into, vector.offset(), vector.node().width());
      } else {
        interpret(vector.node(), first, end, read, into, vector.offset());
      }
    }
  }

  private void sum(BackwardPlan.Rows rows, int from, int to, int read, float[] into, int offset) {
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

  /** A derivative that goes on unit by unit, for each run of steps with the same weights. */
  private void run(
      VectorChain.Terms chain, int first, int end, int read, float[] into, int offset, int width) {
    Arrays.fill(into, offset, offset + width, 0);
    int run = 0;
    for (int from = first; from < end; run++) {
      int to = versions.runEnd(from, end);
      for (int i = 0; i < chain.rowSums().size(); i++) {
        sum(rows(chain.rowSums().get(i)), from, to, read, chain.sums(), i * width);
      }
      chain.addTo(into, offset, weights.shared(versions.of(from)), initial, run);
      from = to;
    }
  }

  /** A derivative that goes on from sums over rows, for each run of steps with the same weights. */
  private void interpret(Node node, int first, int end, int read, float[] into, int offset) {
    double[] total = new double[node.width()];
    int run = 0;
    for (int from = first; from < end; run++) {
      int to = versions.runEnd(from, end);
      var interpreter = new Interpreter(new OfRun(weights.shared(versions.of(from)), run), false);
      for (Node each : Graph.closure(List.of(node), n -> n.op() instanceof RowSum)) {
        if (each.op() instanceof RowSum) {
          float[] sums = new float[each.width()];
          sum(rows(each), from, to, read, sums, 0);
          interpreter.set(each, ParameterValues.doubles(sums, 0, sums.length));
        }
      }
      interpreter.run(List.of(node));
      double[] value = interpreter.value(node);
      for (int j = 0; j < total.length; j++) {
        total[j] += value[j];
      }
      from = to;
    }
    for (int j = 0; j < total.length; j++) {
      into[offset + j] = (float) total[j];
    }
  }

  /** What depends on parameters, as it was in a run of steps. */
  private final class OfRun implements Op.Values {
    private final float[] shared;
    private final int run;

    OfRun(float[] shared, int run) {
      this.shared = shared;
      this.run = run;
    }

    @Override
    public double[] leaf(Leaf leaf) {
      if (leaf.role() == Leaf.Role.INITIAL_ADJOINT) {
        return ParameterValues.doubles(initial.sum(run, leaf.index()), 0, leaf.width());
      }
      for (Node node : plan.shared().nodes()) {
        Integer column = plan.shared().column(node);
        if (node.op().equals(leaf) && column != null) {
          return ParameterValues.doubles(shared, column, leaf.width());
        }
      }
      throw new IllegalStateException("not kept: " + leaf);
    }

    @Override
    public double[] matrix(Matrix matrix) {
      throw new IllegalStateException("a product of parameters: " + matrix);
    }
  }
}
