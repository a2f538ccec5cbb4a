// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Operations on units, for many rows, that are run as one: functions, sums, and reductions over the
 * units of a group. A row has {@code groups} groups of {@code units} units each; a value of a piece
 * has a number for each unit (width groups · units) or one for each group (width groups). Where
 * both are the same, it is one for each unit. Rows of a single unit are run one after the other, so
 * that one may read what a row before it has written, as long as no more than one loop is made of
 * it.
 *
 * @param groups of a row, at least 1
 * @param units of a group, at least 1
 * @param inputs values that are read, and where; constants are not among them
 * @param body what is computed, arguments first: {@link Apply}, {@link Sum}, {@link Copy}, {@link
 *     Reduce} to {@code groups}, {@link Repeat} by {@code units}; arguments are inputs, constants
 *     or stand before
 * @param outputs values of the body, or inputs, that are written, and where; no place is read by
 *     the piece, too, and no two of them overlap
 * @param arrays number of arrays that places refer to
 */
public record Piece(
    int groups,
    int units,
    Map<Node, Place> inputs,
    List<Node> body,
    List<Output> outputs,
    int arrays) {

  /** Copies. */
  public Piece {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs)); // in the same order always
    body = List.copyOf(body);
    outputs = List.copyOf(outputs);
  }

  /**
   * Where a value lies: that of unit j of row r stands at {@code offsets[array] + r · stride +
   * column + j}, where units are counted through all groups.
   *
   * @param array which array
   * @param stride from one row to the next; 0 for what all rows share
   * @param column of the first unit
   */
  public record Place(int array, int stride, int column) {}

  /**
   * A value that is written.
   *
   * @param value which
   * @param place where to
   */
  public record Output(Node value, Place place) {}

  /** Whether a value has one number for each unit; else it has one for each group. */
  public boolean isPerUnit(Node value) {
    return value.width() == groups * units;
  }
}
