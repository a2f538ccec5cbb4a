// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.online.OnlineLearner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A record of a stream as it was read. There is one object for all of them. */
public final class Observation {
  /** Which it is, from 1, since the very beginning. */
  public long number;

  /** Line in which it stands, from 1; 0 where there are no lines. */
  public long line;

  /** Which sequence it is of; empty where there is but one. */
  public String key = "";

  /** When it is, as the stream says it; of several columns each. */
  final String[] time;

  /** When it is, as what brought it says; of a stream whose columns do not. */
  public long millis = OnlineLearner.NO_TIME;

  /** Its numbers, in the order of {@link StreamColumns#numbers}; NaN where one is missing. */
  final double[] numbers;

  /** Why it cannot be used; null if it can. */
  public @Nullable String problem;

  /** Topic of the message that it is; null where it is none. */
  public @Nullable String topic;

  /** Partition of the message. */
  public int partition;

  /** Offset of the message. */
  public long offset;

  /** Its text: bytes {@code from} to {@code to}, valid until the next one is read. */
  public byte[] text = new byte[0];

  public int from;
  public int to;

  /** Bytes that the text has in the stream, more than are kept of one that is too long. */
  public long length;

  /** One of these columns. */
  public Observation(StreamColumns columns) {
    this.time = new String[columns.time().size()];
    this.numbers = new double[columns.numbers().size()];
    clear();
  }

  /** Forgets what was read. */
  public void clear() {
    key = "";
    millis = OnlineLearner.NO_TIME;
    problem = null;
    Arrays.fill(time, "");
    Arrays.fill(numbers, Double.NaN);
  }
}
