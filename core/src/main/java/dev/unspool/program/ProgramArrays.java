// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/** The arrays of one tape, and where the rows of a step begin in each of them. */
final class ProgramArrays {
  private final int lanes;
  final float[][] arrays;

  /** First step of the chunk that runs now. */
  int chunk;

  /** First step of the sweep that runs now. */
  int sweep;

  /** What has to be added to the number of a step to get the number of its outputs. */
  int rows;

  /** First step whose outputs have a derivative, and where these begin in the caller's array. */
  int read;

  int readOffset;

  private ProgramArrays(int lanes, int homes) {
    this.lanes = lanes;
    this.arrays = new float[homes][];
  }

  /**
   * Makes all arrays; those whose rows are steps on the tape, or outputs, belong to these stores.
   *
   * @param chunkSteps steps that run forwards together
   */
  static ProgramArrays allocate(
      List<Home> homes, int lanes, TapeStore steps, TapeStore outputs, int chunkSteps) {
    var result = new ProgramArrays(lanes, homes.size());
    for (Home home : homes) {
      int width = Math.multiplyExact(lanes, home.width());
      result.arrays[home.id()] =
          switch (home.storage()) {
            case TAPE -> steps.floats(home.name(), width);
            case ROWS -> outputs.floats("values", width);
            case CHUNK -> new float[Math.multiplyExact(chunkSteps, width)];
            case SWEEP -> new float[Math.multiplyExact(steps.capacity(), width)];
            case STEP, BACK, CARRY, CARRY_BACK -> new float[width];
            case SHARED, ADJOINT -> new float[0];
          };
    }
    return result;
  }

  /** Index of the first value of the first lane of a step. */
  int at(Home home, int slot) {
    int width = lanes * home.width();
    return switch (home.storage()) {
      case TAPE -> slot * width;
      case CHUNK -> (slot - chunk) * width;
      case ROWS -> (slot + rows) * width;
      case SWEEP -> (slot - sweep) * width;
      case ADJOINT -> readOffset + (slot - read) * width;
      case STEP, CARRY, BACK, CARRY_BACK, SHARED -> 0;
    };
  }

  /** The array of a home. */
  float[] of(Home home) {
    return arrays[home.id()];
  }

  /** Copies the rows of some steps. */
  void copy(Home from, Home to, int first, int end) {
    int count = (end - first) * lanes * from.width();
    System.arraycopy(of(from), at(from, first), of(to), at(to, first), count);
  }
}
