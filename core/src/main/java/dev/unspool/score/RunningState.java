// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import dev.unspool.model.Snapshot;

/**
 * What goes on record by record and remembers a fixed number of numbers. They can be laid in a row
 * with those of others, so that thousands of such states are one array of a snapshot. One that is
 * read back into an object that was made alike goes on to the bit.
 */
public interface RunningState {
  /** How many numbers it remembers; the same for objects that were made alike, at any time. */
  int size();

  /**
   * Writes what it remembers.
   *
   * @param to written to from {@code at} on
   * @return the place behind the last number that was written: {@code at + size()}
   */
  int save(double[] to, int at);

  /**
   * Takes up what {@link #save(double[], int)} wrote.
   *
   * @param from not modified, nor kept
   * @return the place behind the last number that was read: {@code at + size()}
   */
  int load(double[] from, int at);

  /** Stores what it remembers as one array, {@code numbers}, in a room of its own. */
  default void save(Snapshot to) {
    double[] numbers = new double[size()];
    save(numbers, 0);
    to.put("numbers", numbers);
  }

  /**
   * Takes up what {@link #save(Snapshot)} stored.
   *
   * @throws IllegalArgumentException if it was stored by something that was made otherwise
   */
  default void load(Snapshot from) {
    double[] numbers = from.doubles("numbers");
    if (numbers.length != size()) {
      throw new IllegalArgumentException(
          "%s numbers are stored, %s expected; the snapshot is of a stream with other settings"
              .formatted(numbers.length, size()));
    }
    load(numbers, 0);
  }
}
