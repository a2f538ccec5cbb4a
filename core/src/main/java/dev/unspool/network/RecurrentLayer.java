// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.program.VersionedMatrix;
import dev.unspool.kernel.CellKernel;
import dev.unspool.kernel.CellMemory;
import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.kernel.PackedMatrix.Direction;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One recurrent layer on the tape: the matrix products around a {@link CellKernel}. A block's input
 * projection is one product; so is each weight gradient of a sweep.
 */
final class RecurrentLayer {
  private final Kernels kernels;
  private final CellKernel cell;
  private final CellMemory memory;
  private final List<String> names;
  private final int[] resets;
  private final int[] versionOf;
  private final int lanes;
  private final int hidden;
  private final int width;
  private final float[] input;
  private final int inputs;
  private final float[] theta;

  private final PackedMatrix inputWeights;
  private final PackedMatrix recurrentWeights;
  private final VersionedMatrix recurrentBack;
  private final @Nullable VersionedMatrix inputBack;
  private final float[] inputBias;
  private final float[] recurrentBias;
  private final ParameterLayout.Slice weightIh;
  private final ParameterLayout.Slice weightHh;
  private final ParameterLayout.Slice biasIh;
  private final ParameterLayout.Slice biasHh;
  private final int[] initial;

  /** The state after the newest step, lanes × H each. */
  private final float[][] carry;

  /** ∂L/∂(state) on its way back through a sweep, lanes × H each. */
  private final float[][] stateDelta;

  /**
   * A layer.
   *
   * @param input slots × lanes × inputs, moved by the store; filled by whoever is below
   * @param inputGradient whether sweeps must yield the derivative with respect to the input
   */
  RecurrentLayer(
      Network network,
      int layer,
      TapeArrays arrays,
      float[] theta,
      float[] input,
      boolean inputGradient) {
    var spec = network.spec();
    var layout = network.parameters();
    this.kernels = arrays.kernels();
    this.cell = spec.cell().kernel(kernels);
    this.names = spec.cell().stateArrays().stream().map(a -> "layer" + layer + "." + a).toList();
    this.resets = arrays.resets();
    this.versionOf = arrays.versionOf();
    this.lanes = arrays.lanes();
    this.hidden = spec.hidden();
    this.width = cell.gates() * hidden;
    this.input = input;
    this.inputs = layer == 0 ? spec.input().width() : hidden;
    this.theta = theta;
    this.weightIh = layout.slice("weight_ih_l" + layer);
    this.weightHh = layout.slice("weight_hh_l" + layer);
    this.biasIh = layout.slice("bias_ih_l" + layer);
    this.biasHh = layout.slice("bias_hh_l" + layer);
    this.initial =
        spec.learnedInitialState()
            ? names.stream().mapToInt(name -> layout.slice("initial." + name).offset()).toArray()
            : new int[0];
    this.inputWeights = kernels.matrix(width, inputs, Direction.FORWARD);
    this.recurrentWeights = kernels.matrix(width, hidden, Direction.FORWARD);
    this.recurrentBack = new VersionedMatrix(kernels, width, hidden, weightHh.offset());
    this.inputBack =
        inputGradient ? new VersionedMatrix(kernels, width, inputs, weightIh.offset()) : null;
    this.inputBias = new float[width];
    this.recurrentBias = new float[width];
    this.carry = new float[cell.states()][lanes * hidden];
    this.stateDelta = new float[cell.states()][lanes * hidden];
    var store = arrays.store();
    var prefix = "layer" + layer + ".";
    float[][] entering = new float[cell.states()][];
    for (int s = 0; s < entering.length; s++) {
      entering[s] = store.floats(names.get(s) + ".entering", lanes * hidden);
    }
    this.memory =
        new CellMemory(
            lanes,
            hidden,
            store.floats(prefix + "gates", lanes * width),
            entering,
            store.floats(prefix + "output", lanes * hidden),
            store.floats(prefix + "memo", lanes * hidden * cell.memo()),
            Arrays.copyOfRange(carry, 1, carry.length),
            new float[cell.separate() ? lanes * width : 0]);
  }

  /** Slots × lanes × H: h after each step. */
  float[] output() {
    return memory.output;
  }

  /** Takes the weights out of θ; the backward ones as {@code version}. */
  void pack(int version) {
    inputWeights.pack(theta, weightIh.offset());
    recurrentWeights.pack(theta, weightHh.offset());
    packBack(version);
    for (int j = 0; j < width; j++) {
      float recurrent = theta[biasHh.offset() + j];
      inputBias[j] = theta[biasIh.offset() + j] + (cell.separate() ? 0 : recurrent);
      recurrentBias[j] = recurrent;
    }
  }

  private void packBack(int version) {
    recurrentBack.pack(version, theta);
    if (inputBack != null) {
      inputBack.pack(version, theta);
    }
  }

  /** Runs the steps in the slots from–to, from the carried state. */
  void forward(int from, int to) {
    int block = lanes * hidden;
    inputWeights.multiply(
        input,
        from * lanes * inputs,
        (to - from) * lanes,
        inputBias,
        memory.gates,
        from * lanes * width);
    for (int slot = from; slot < to; slot++) {
      enter(slot);
      if (cell.separate()) {
        recurrentWeights.multiply(
            memory.entering[0], slot * block, lanes, recurrentBias, memory.recurrent, 0);
      } else {
        recurrentWeights.multiplyAdd(
            memory.entering[0], slot * block, lanes, memory.gates, slot * lanes * width);
      }
      cell.forward(memory, slot);
      System.arraycopy(memory.output, slot * block, carry[0], 0, block);
    }
  }

  private void enter(int slot) {
    for (int s = 0; s < carry.length; s++) {
      float[] entering = memory.entering[s];
      System.arraycopy(carry[s], 0, entering, slot * lanes * hidden, lanes * hidden);
      for (int lane = 0; lane < lanes; lane++) {
        if (resets[slot * lanes + lane] != 0) {
          toInitial(s, entering, (slot * lanes + lane) * hidden);
        }
      }
    }
  }

  private void toInitial(int array, float[] state, int offset) {
    if (initial.length == 0) {
      Arrays.fill(state, offset, offset + hidden, 0);
    } else {
      System.arraycopy(theta, initial[array], state, offset, hidden);
    }
  }

  /** Runs the steps in the slots from–to again, from the state recorded at the first of them. */
  void replay(int from, int to) {
    for (int s = 0; s < carry.length; s++) {
      System.arraycopy(memory.entering[s], from * lanes * hidden, carry[s], 0, lanes * hidden);
    }
    forward(from, to);
  }

  /**
   * Sweeps over the slots first–end.
   *
   * @param upstream (end − first) × lanes × H: ∂L/∂h as it comes from above; overwritten
   * @param delta scratch, (end − first) × lanes × gates·H
   * @param recurrentDelta the same, another array where the cell keeps both sides separate
   * @param downstream (end − first) × lanes × inputs, overwritten with ∂L/∂input if that was asked
   *     for at construction
   */
  void backward(
      int first,
      int end,
      float[] upstream,
      float[] delta,
      float[] recurrentDelta,
      float[] downstream,
      float[] into,
      @Nullable Sensitivities sensitivities) {
    int block = lanes * hidden;
    for (float[] array : stateDelta) {
      Arrays.fill(array, 0);
    }
    for (int offset : initial) {
      Arrays.fill(into, offset, offset + hidden, 0);
    }
    for (int slot = end - 1; slot >= first; slot--) {
      int step = slot - first;
      add(stateDelta[0], upstream, step * block);
      cell.backward(
          memory,
          slot,
          upstream,
          step * block,
          stateDelta,
          delta,
          recurrentDelta,
          step * lanes * width);
      if (slot > first || initial.length > 0 || sensitivities != null) {
        recurrentBack
            .at(versionOf[slot])
            .multiplyAdd(recurrentDelta, step * lanes * width, lanes, stateDelta[0], 0);
      }
      if (sensitivities != null) {
        report(sensitivities, step);
      }
      cutResets(slot, into);
    }
    int rows = (end - first) * lanes;
    kernels.transposedProduct(
        delta, 0, width, input, first * lanes * inputs, inputs, rows, into, weightIh.offset());
    kernels.transposedProduct(
        recurrentDelta,
        0,
        width,
        memory.entering[0],
        first * block,
        hidden,
        rows,
        into,
        weightHh.offset());
    kernels.columnSums(delta, 0, width, rows, into, biasIh.offset());
    if (cell.separate()) {
      kernels.columnSums(recurrentDelta, 0, width, rows, into, biasHh.offset());
    } else {
      System.arraycopy(into, biasIh.offset(), into, biasHh.offset(), width);
    }
    if (inputBack != null) {
      inputBack.multiply(delta, 0, lanes, versionOf, first, end, downstream, 0);
    }
  }

  private static void add(float[] values, float[] into, int offset) {
    for (int i = 0; i < values.length; i++) {
      into[offset + i] += values[i];
    }
  }

  private void report(Sensitivities sensitivities, int step) {
    for (int s = 0; s < stateDelta.length; s++) {
      var state = sensitivities.state(names.get(s));
      System.arraycopy(stateDelta[s], 0, state.values(), state.at(step), lanes * hidden);
    }
  }

  /** Where a lane began with this step, what came back belongs to the initial state and ends. */
  private void cutResets(int slot, float[] into) {
    for (int lane = 0; lane < lanes; lane++) {
      if (resets[slot * lanes + lane] == 0) {
        continue;
      }
      for (int s = 0; s < stateDelta.length; s++) {
        for (int j = 0; j < hidden; j++) {
          if (initial.length > 0) {
            into[initial[s] + j] += stateDelta[s][lane * hidden + j];
          }
          stateDelta[s][lane * hidden + j] = 0;
        }
      }
    }
  }

  /** Copies the carried state out; lanes that are about to be reset have their initial state. */
  void readState(State state, boolean[] pendingReset) {
    for (int s = 0; s < carry.length; s++) {
      float[] array = state.array(names.get(s));
      System.arraycopy(carry[s], 0, array, 0, array.length);
      for (int lane = 0; lane < lanes; lane++) {
        if (pendingReset[lane]) {
          toInitial(s, array, lane * hidden);
        }
      }
    }
  }

  /** Carries the given state. */
  void writeState(State state) {
    for (int s = 0; s < carry.length; s++) {
      System.arraycopy(state.array(names.get(s)), 0, carry[s], 0, carry[s].length);
    }
  }

  void saveVersion(Snapshot snapshot, int version) {
    recurrentBack.save(snapshot, weightHh.name(), version);
    if (inputBack != null) {
      inputBack.save(snapshot, weightIh.name(), version);
    }
  }

  void loadVersion(Snapshot snapshot, int version) {
    recurrentBack.load(snapshot, weightHh.name(), version);
    if (inputBack != null) {
      inputBack.load(snapshot, weightIh.name(), version);
    }
  }
}
