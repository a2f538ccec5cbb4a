// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Workers;

/** Runs a compiled loop over the rows of some steps, which threads may share out. */
final class UnitsAction implements Runner.Action, Workers.Rows {
  /** Rows whose intermediate values are held at once. */
  private static final int BLOCK = 32;

  private final Home[] homes;
  private final Loop loop;
  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final Workers workers;
  private final Lanes lanes;
  private final int width;

  /** Which of the homes holds what depends on parameters alone; −1 if none does. */
  private final int shared;

  /** For each part that rows are shared out into. */
  private final float[][][] tables;

  private final int[][] offsets;

  UnitsAction(
      Instruction.Units units,
      Loop loop,
      ProgramArrays arrays,
      ProgramWeights weights,
      Workers workers,
      Lanes lanes) {
    this.homes = units.homes().toArray(Home[]::new);
    this.loop = loop;
    this.arrays = arrays;
    this.weights = weights;
    this.workers = workers;
    this.lanes = lanes;
    this.width = units.piece().groups() * units.piece().units();
    var storages = units.homes().stream().map(Home::storage).toList();
    this.shared = storages.indexOf(Home.Storage.SHARED);
    this.tables = new float[workers.threads()][homes.length + 1][];
    this.offsets = new int[tables.length][homes.length + 1];
    for (float[][] table : tables) {
      table[homes.length] = new float[loop.scratch() * BLOCK];
    }
  }

  @Override
  public void run(int first, int end, int version) {
    for (int part = 0; part < tables.length; part++) {
      float[][] table = tables[part];
      int[] offset = offsets[part];
      for (int i = 0; i < homes.length; i++) {
        float[] array = i == shared ? weights.shared(version) : arrays.of(homes[i]);
        if (table[i] != array) { // mostly it is: storing a reference costs more than comparing
          table[i] = array;
        }
        offset[i] = arrays.at(homes[i], first);
      }
    }
    if (lanes.areAll()) {
      workers.run(this, (end - first) * lanes.all(), width);
    } else {
      runRows(0, lanes.from(), lanes.to());
    }
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
