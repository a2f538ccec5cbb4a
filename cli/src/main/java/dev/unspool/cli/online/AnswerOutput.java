// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.Closeable;

/**
 * Takes the answers. What it cannot be rid of it throws as an {@link java.io.UncheckedIOException}.
 */
public interface AnswerOutput extends Closeable {
  /**
   * Adds an answer, and waits while too much is under way.
   *
   * @param record that it answers
   * @param line with its end, read up to {@code length} and not kept
   * @throws NotTaken if too much is under way and the stream has to end; the answer was added
   */
  void add(Observation record, byte[] line, int length);

  /**
   * Adds what {@link #left} was when the stream ended before.
   *
   * @throws NotTaken as with {@link #add}
   */
  void restore(byte[] left);

  /** Sees to it that what was added goes out, without waiting until it has. */
  void flush();

  /** How much was added since the beginning, in a measure that only grows. */
  long added();

  /**
   * Waits until everything was delivered that was there when {@link #added} was so much; any thread
   * may.
   *
   * @throws NotTaken if it was not, and the stream has to end
   */
  void awaitDelivered(long added);

  /**
   * What was added and is not known to have been delivered: whole lines, in order. Some may have
   * been.
   */
  byte[] left();
}
