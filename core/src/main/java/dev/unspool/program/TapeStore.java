// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Snapshot;
import dev.unspool.model.Workers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Arrays of slots, one slot a step, of which the newest {@code capacity} are held.
 *
 * <p>The steps held are always contiguous, so that a sweep's weight gradient is one matrix product
 * and a block's input projection another. A ring would cut both in two; instead there is room for
 * half as many steps again, and when it is used up the steps that survive move to the front. With
 * k1 = k2 nothing survives and nothing ever moves; otherwise at most two copies are paid per step.
 */
final class TapeStore {
  private final Workers workers;
  private final int capacity;
  private final int slots;
  private final Map<String, Rows> floats = new LinkedHashMap<>();
  private final Map<String, int[]> ints = new LinkedHashMap<>();
  private int first;
  private int end;

  /**
   * An array of slots × width.
   *
   * @param values may be longer
   */
  private record Rows(float[] values, int width) {}

  TapeStore(int capacity, Workers workers) {
    this.workers = workers;
    this.capacity = capacity;
    this.slots = (int) Math.min(Integer.MAX_VALUE, capacity + capacity / 2L);
  }

  /** A new array of slots × width that moves with the steps. */
  float[] floats(String name, int width) {
    float[] array = Staggered.floats(size(name, width));
    floats.put(name, new Rows(array, width));
    return array;
  }

  /** A new array of slots × width that moves with the steps. */
  int[] ints(String name, int width) {
    int[] array = new int[size(name, width)];
    ints.put(name, array);
    return array;
  }

  private int size(String name, int width) {
    long size = (long) slots * width;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          ("a tape of %s steps needs %s values for '%s', more than a Java array holds; use a"
                  + " shorter window or fewer lanes")
              .formatted(capacity, size, name));
    }
    return (int) size;
  }

  /** Slot of the oldest step held. */
  int first() {
    return first;
  }

  /** Slot after the newest step. */
  int end() {
    return end;
  }

  int held() {
    return end - first;
  }

  /** Room, in steps. */
  int slots() {
    return slots;
  }

  int capacity() {
    return capacity;
  }

  void clear() {
    first = 0;
    end = 0;
  }

  /**
   * Makes room for {@code count} new steps, at most the capacity, by dropping the oldest.
   *
   * @return slot of the first new step; those that survive lie just before it
   */
  int append(int count) {
    int survivors = Math.min(held(), capacity - count);
    if (survivors == 0) {
      clear();
    } else if (end + count > slots) {
      moveToFront(end - survivors, survivors);
    } else {
      first = end - survivors;
    }
    int start = end;
    end += count;
    return start;
  }

  private void moveToFront(int from, int count) {
    for (Rows rows : floats.values()) {
      int width = rows.width();
      // So many at a time that none of them is written before it is read.
      for (int moved = 0; moved < count; moved += from) {
        int some = Math.min(from, count - moved);
        float[] values = rows.values();
        workers.copy(values, (from + moved) * width, values, moved * width, some * width);
      }
    }
    for (int[] array : ints.values()) {
      int width = array.length / slots;
      System.arraycopy(array, from * width, array, 0, count * width);
    }
    first = 0;
    end = count;
  }

  void save(Snapshot snapshot) {
    snapshot.put("held", (long) held());
    floats.forEach(
        (name, rows) ->
            snapshot.put(
                name, Arrays.copyOfRange(rows.values(), first * rows.width(), end * rows.width())));
    ints.forEach(
        (name, array) -> {
          int width = array.length / slots;
          snapshot.put(
              name, Arrays.stream(array, first * width, end * width).asLongStream().toArray());
        });
  }

  void load(Snapshot snapshot) {
    long held = snapshot.number("held");
    if (held < 0 || held > capacity) {
      throw new IllegalArgumentException(
          "the checkpoint holds %s steps, the tape has room for %s".formatted(held, capacity));
    }
    clear();
    end = (int) held;
    floats.forEach(
        (name, rows) -> {
          float[] values = snapshot.floats(name);
          require(name, values.length, rows.width());
          System.arraycopy(values, 0, rows.values(), 0, values.length);
        });
    ints.forEach(
        (name, array) -> {
          long[] values = snapshot.longs(name);
          require(name, values.length, array.length / slots);
          for (int i = 0; i < values.length; i++) {
            array[i] = Math.toIntExact(values[i]);
          }
        });
  }

  private void require(String name, int found, int width) {
    int expected = end * width;
    if (found != expected) {
      throw new IllegalArgumentException(
          "'%s' holds %s values, expected %s; the checkpoint belongs to another model"
              .formatted(name, found, expected));
    }
  }
}
