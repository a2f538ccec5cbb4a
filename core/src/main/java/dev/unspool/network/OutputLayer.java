// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.program.TapeStore;
import dev.unspool.program.VersionedMatrix;
import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.kernel.PackedMatrix.Direction;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The linear output {@code y = W·h + b}, computed only where somebody asks, or h itself where a
 * network has no output layer. Keeps the newest outputs, also those of steps that are off the tape.
 */
final class OutputLayer {
  private final Kernels kernels;
  private final TapeStore tape;
  private final TapeStore rows;
  private final float[] below;
  private final float[] theta;
  private final int lanes;
  private final int hidden;
  private final int outputs;
  private final float[] values;
  private final int[] versionOf;
  private final @Nullable PackedMatrix weights;
  private final @Nullable VersionedMatrix weightsBack;
  private final float[] bias;
  private final int weightOffset;
  private final int biasOffset;
  private final String name;

  /** Steps on the tape, newest, whose outputs nobody has asked for yet. */
  private int pending;

  /** Views that were handed out, by their first row: nothing is allocated in the long run. */
  private final @Nullable Steps[] views;

  OutputLayer(Network network, TapeArrays arrays, int window, float[] theta, float[] below) {
    var spec = network.spec();
    ParameterLayout layout = network.parameters();
    this.kernels = arrays.kernels();
    this.tape = arrays.store();
    this.rows = new TapeStore(window);
    this.below = below;
    this.theta = theta;
    this.lanes = arrays.lanes();
    this.hidden = spec.hidden();
    this.outputs = network.outputs();
    this.values = rows.floats("values", lanes * outputs);
    this.views = new Steps[rows.slots()];
    this.versionOf = arrays.versionOf();
    if (spec.outputs() > 0) {
      this.name = spec.tied() ? "embedding.weight" : "output.weight";
      this.weightOffset = layout.slice(name).offset();
      this.biasOffset = layout.slice("output.bias").offset();
      this.weights = kernels.matrix(outputs, hidden, Direction.FORWARD);
      this.weightsBack = new VersionedMatrix(kernels, outputs, hidden, weightOffset);
      this.bias = new float[outputs];
    } else {
      this.name = "";
      this.weightOffset = -1;
      this.biasOffset = -1;
      this.weights = null;
      this.weightsBack = null;
      this.bias = new float[0];
    }
  }

  void pack(int version) {
    if (weights != null && weightsBack != null) {
      weights.pack(theta, weightOffset);
      weightsBack.pack(version, theta);
      System.arraycopy(theta, biasOffset, bias, 0, outputs);
    }
  }

  void appended(int count) {
    pending = (int) Math.min(Integer.MAX_VALUE, (long) pending + count);
  }

  void clear() {
    rows.clear();
    pending = 0;
  }

  /** The outputs of the newest steps. */
  Steps read(int count) {
    if (count < 1 || count > rows.capacity()) {
      throw new IllegalArgumentException(
          "outputs of %s steps asked for; the tape was opened with an output window of %s"
              .formatted(count, rows.capacity()));
    }
    evaluatePending();
    if (count > rows.held()) {
      throw new IllegalStateException(
          ("outputs of %s steps asked for, but only %s are there: so few steps were run, or the"
                  + " others left the tape before their outputs were asked for")
              .formatted(count, rows.held()));
    }
    int from = rows.end() - count;
    Steps last = views[from];
    if (last == null || last.steps() != count) {
      last = Steps.of(values, from * lanes * outputs, count, lanes, outputs);
      views[from] = last;
    }
    return last;
  }

  /**
   * Computes what is pending and still inside the window. Since this happens before the weights
   * change, an output always has the version of its step.
   */
  void evaluatePending() {
    if (pending == 0) {
      return;
    }
    int count = Math.min(pending, Math.min(rows.capacity(), tape.held()));
    if (count < pending) {
      rows.clear(); // a gap: what was there is no longer next to what comes
    }
    pending = 0;
    int start = rows.append(count);
    evaluate(tape.end() - count, count, start);
  }

  /** Computes the outputs again of the newest steps before slot {@code end}, after a replay. */
  void replay(int first, int end) {
    int count = Math.min(rows.held(), end - first);
    evaluate(end - count, count, rows.end() - count);
  }

  private void evaluate(int slot, int count, int row) {
    if (weights != null) {
      weights.multiply(
          below, slot * lanes * hidden, count * lanes, bias, values, row * lanes * outputs);
    } else {
      System.arraycopy(
          below, slot * lanes * hidden, values, row * lanes * hidden, count * lanes * hidden);
    }
  }

  /**
   * Sweeps over the newest outputs.
   *
   * @param adjoint ∂L/∂y of the newest steps; they have all been read
   * @param upstream depth × lanes × H, overwritten with ∂L/∂h
   */
  void backward(Steps adjoint, int depth, float[] upstream, float[] into) {
    int count = adjoint.steps();
    int skipped = (depth - count) * lanes * hidden;
    Arrays.fill(upstream, 0, skipped, 0);
    if (weightsBack == null) {
      System.arraycopy(adjoint.values(), adjoint.offset(), upstream, skipped, adjoint.size());
      return;
    }
    weightsBack.multiply(
        adjoint.values(),
        adjoint.offset(),
        lanes,
        versionOf,
        tape.end() - count,
        tape.end(),
        upstream,
        skipped);
    kernels.transposedProduct(
        adjoint.values(),
        adjoint.offset(),
        outputs,
        below,
        (tape.end() - count) * lanes * hidden,
        hidden,
        count * lanes,
        into,
        weightOffset);
    kernels.columnSums(
        adjoint.values(), adjoint.offset(), outputs, count * lanes, into, biasOffset);
  }

  void save(Snapshot snapshot) {
    rows.save(snapshot);
    snapshot.put("pending", (long) pending);
  }

  void load(Snapshot snapshot) {
    rows.load(snapshot);
    pending = Math.toIntExact(snapshot.number("pending"));
  }

  void saveVersion(Snapshot snapshot, int version) {
    if (weightsBack != null) {
      weightsBack.save(snapshot, name, version);
    }
  }

  void loadVersion(Snapshot snapshot, int version) {
    if (weightsBack != null) {
      weightsBack.load(snapshot, name, version);
    }
  }
}
