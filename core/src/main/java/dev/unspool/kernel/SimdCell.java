// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import org.jspecify.annotations.Nullable;

/** A cell whose lanes are shared out to a crew. Belongs to one layer of one tape. */
final class SimdCell implements CellKernel {
  /** Values below which waking the others takes longer than doing it alone. */
  private static final int WORTHWHILE = 2048;

  private final LaneKernel kernel;
  private final @Nullable Crew crew;
  private final Crew.Task forward = this::forwardPart;
  private final Crew.Task backward = this::backwardPart;

  // What the parts work on: fields, since a task that carries them would be allocated each time.
  private @Nullable CellMemory memory;
  private int slot;
  private float[] output = new float[0];
  private int outputOffset;
  private float[][] states = new float[0][];
  private float[] input = new float[0];
  private float[] recurrent = new float[0];
  private int offset;

  SimdCell(LaneKernel kernel, @Nullable Crew crew) {
    this.kernel = kernel;
    this.crew = crew;
  }

  @Override
  public int gates() {
    return kernel.gates();
  }

  @Override
  public int states() {
    return kernel.states();
  }

  @Override
  public int memo() {
    return kernel.memo();
  }

  @Override
  public boolean separate() {
    return kernel.separate();
  }

  private static boolean isWorthwhile(CellMemory memory) {
    return memory.lanes > 1 && memory.lanes * memory.hidden >= WORTHWHILE;
  }

  @Override
  public void forward(CellMemory cellMemory, int cellSlot) {
    if (crew == null || !isWorthwhile(cellMemory)) {
      kernel.forward(cellMemory, cellSlot, 0, cellMemory.lanes);
      return;
    }
    memory = cellMemory;
    slot = cellSlot;
    crew.run(forward);
  }

  private void forwardPart(int part, int parts) {
    CellMemory shared = memory;
    if (shared != null) {
      int lanes = shared.lanes;
      kernel.forward(shared, slot, lanes * part / parts, lanes * (part + 1) / parts);
    }
  }

  @Override
  public void backward(
      CellMemory cellMemory,
      int cellSlot,
      float[] upstream,
      int upstreamOffset,
      float[][] stateDeltas,
      float[] inputDelta,
      float[] recurrentDelta,
      int deltaOffset) {
    if (crew == null || !isWorthwhile(cellMemory)) {
      kernel.backward(
          cellMemory,
          cellSlot,
          upstream,
          upstreamOffset,
          stateDeltas,
          inputDelta,
          recurrentDelta,
          deltaOffset,
          0,
          cellMemory.lanes);
      return;
    }
    memory = cellMemory;
    slot = cellSlot;
    output = upstream;
    outputOffset = upstreamOffset;
    states = stateDeltas;
    input = inputDelta;
    recurrent = recurrentDelta;
    offset = deltaOffset;
    crew.run(backward);
  }

  private void backwardPart(int part, int parts) {
    CellMemory shared = memory;
    if (shared != null) {
      int lanes = shared.lanes;
      kernel.backward(
          shared,
          slot,
          output,
          outputOffset,
          states,
          input,
          recurrent,
          offset,
          lanes * part / parts,
          lanes * (part + 1) / parts);
    }
  }
}
