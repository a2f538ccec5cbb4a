// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * An array in which a value lives while a program runs: rows × width.
 *
 * @param storage what its rows are
 * @param id number of this home
 * @param width values of one row
 * @param name for checkpoints; empty where nothing is stored
 */
record Home(Storage storage, int id, int width, String name) {
  /** Makes one, and adds it to all there are. */
  static Home add(List<Home> homes, Storage storage, int width, String name) {
    var home = new Home(storage, homes.size(), width, name);
    homes.add(home);
    return home;
  }

  /** What the rows of an array are. */
  enum Storage {
    /** Lanes of the steps on the tape: what sweeps need. */
    TAPE,
    /** Lanes of a few steps that run forwards together. */
    CHUNK,
    /** Lanes of one step, forwards. */
    STEP,
    /** Lanes: the state after the newest step. */
    CARRY,
    /** Lanes of the newest outputs, also of steps that are off the tape. */
    ROWS,
    /** One row for all: values that depend on parameters alone. */
    SHARED,
    /** Lanes of the steps of a sweep. */
    SWEEP,
    /** Lanes of one step, backwards. */
    BACK,
    /** Lanes: what goes back to the state between two steps. */
    CARRY_BACK,
    /** Lanes of the steps whose outputs a loss has read: the caller's array. */
    ADJOINT;

    /** Whether all steps find the same rows. */
    boolean isOfOneStep() {
      return switch (this) {
        case STEP, CARRY, BACK, CARRY_BACK, SHARED -> true;
        case TAPE, CHUNK, ROWS, SWEEP, ADJOINT -> false;
      };
    }
  }
}
