// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A record of a stream as it was read. There is one object for all of them. */
final class Observation {
  /** Which it is, from 1, since the very beginning. */
  long number;

  /** Line in which it stands, from 1; 0 where there are no lines. */
  long line;

  /** Which sequence it is of; empty where there is but one. */
  String key = "";

  /** When it is, as the stream says it; of several columns each. */
  final String[] time;

  /** Its numbers, in the order of {@link StreamColumns#numbers}; NaN where one is missing. */
  final double[] numbers;

  /** Why it cannot be used; null if it can. */
  @Nullable String problem;

  /** Its text: bytes {@code from} to {@code to}, valid until the next one is read. */
  byte[] text = new byte[0];

  int from;
  int to;

  /** Bytes that the text has in the stream, more than are kept of one that is too long. */
  long length;

  Observation(StreamColumns columns) {
    this.time = new String[columns.time().size()];
    this.numbers = new double[columns.numbers().size()];
    clear();
  }

  /** Forgets what was read. */
  void clear() {
    key = "";
    problem = null;
    Arrays.fill(time, "");
    Arrays.fill(numbers, Double.NaN);
  }
}
