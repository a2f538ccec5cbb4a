// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/**
 * An array in which a value lives while a program runs: rows × width.
 *
 * @param storage what its rows are
 * @param id number of this home
 * @param width values of one row
 * @param name for checkpoints; empty where nothing is stored
 */
record Home(Storage storage, int id, int width, String name) {

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
    ADJOINT
  }
}
