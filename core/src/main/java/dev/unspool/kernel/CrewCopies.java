// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;

/** Copies and clears arrays with a crew. Between two calls it refers to no array of a caller. */
final class CrewCopies {
  /** Values below which waking the others takes longer than doing it alone. */
  private static final int WORTHWHILE = 1 << 14;

  private static final float[] NONE = {};

  private final Crew crew;
  private final Crew.Task copyTask = this::copyPart;
  private final Crew.Task clearTask = this::clearPart;

  // What the crew is at: fields, since a task that carries them would be allocated.
  private float[] from = NONE;
  private int at;
  private float[] into = NONE;
  private int to;
  private int count;

  CrewCopies(Crew crew) {
    this.crew = crew;
  }

  /** As {@link dev.unspool.model.Workers#copy}. */
  void copy(float[] source, int sourceAt, float[] target, int targetAt, int values) {
    if (values < WORTHWHILE) {
      System.arraycopy(source, sourceAt, target, targetAt, values);
      return;
    }
    from = source;
    at = sourceAt;
    into = target;
    to = targetAt;
    count = values;
    try {
      crew.run(copyTask);
    } finally {
      from = NONE;
      into = NONE;
    }
  }

  /** As {@link dev.unspool.model.Workers#clear}. */
  void clear(float[] target, int targetAt, int values) {
    if (values < WORTHWHILE) {
      Arrays.fill(target, targetAt, targetAt + values, 0);
      return;
    }
    into = target;
    to = targetAt;
    count = values;
    try {
      crew.run(clearTask);
    } finally {
      into = NONE;
    }
  }

  private void copyPart(int part, int parts) {
    int first = first(part, parts);
    System.arraycopy(from, at + first, into, to + first, first(part + 1, parts) - first);
  }

  private void clearPart(int part, int parts) {
    Arrays.fill(into, to + first(part, parts), to + first(part + 1, parts), 0);
  }

  private int first(int part, int parts) {
    return (int) ((long) count * part / parts);
  }
}
