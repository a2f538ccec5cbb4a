// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import org.jspecify.annotations.Nullable;

/** Something that is done to some rows at once. */
sealed interface Instruction {

  /**
   * Whether only the state of the step before needs it; the oldest step of a sweep can do without,
   * unless somebody asks.
   */
  boolean entersOnly();

  /**
   * Operations on units.
   *
   * @param piece which; its arrays are {@code homes}
   * @param homes arrays that it reads and writes
   */
  record Units(Piece piece, java.util.List<Home> homes, boolean entersOnly)
      implements Instruction {}

  /**
   * A product of rows with a matrix.
   *
   * @param linear which
   * @param from rows of x
   * @param into rows of the result
   * @param bias added to each row, if any
   * @param onto whether to add to what is there
   */
  record Multiply(
      Linear linear, Home from, Home into, @Nullable Spot bias, boolean onto, boolean entersOnly)
      implements Instruction {}

  /**
   * Rows of a table, or of the unit matrix.
   *
   * @param table which; null for one-hot vectors
   * @param index one index a row
   * @param into rows of the result
   */
  record Gather(@Nullable Matrix table, Spot index, Home into, boolean entersOnly)
      implements Instruction {
    /** The row that an index names; see {@link LookUp#row}. */
    int row(double index) {
      return table == null
          ? LookUp.row(index, into.width(), "one-hot")
          : LookUp.row(index, table.rows(), table);
    }
  }

  /** Copies rows. */
  record Move(Home from, Home into, boolean entersOnly) implements Instruction {}

  /**
   * A state that does not depend on itself: what the step before has left, for a block of steps.
   *
   * @param state number of the state
   * @param other forwards where its leaving values are; backwards where what goes to its entering
   *     values is, null if nothing does
   * @param into where it goes
   */
  record Shift(int state, @Nullable Spot other, Home into, boolean entersOnly)
      implements Instruction {}
}
