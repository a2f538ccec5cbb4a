// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named arrays that together are everything a component needs to go on as if it had never stopped.
 * Tapes, optimizers, engines and data sources write themselves into one and read themselves back; a
 * checkpoint puts one on disk. Arrays are handed over, not copied.
 */
public final class Snapshot {
  private final Map<String, Entry> entries;
  private final String prefix;

  /** One stored array. */
  public sealed interface Entry {}

  /** A float32 array. */
  public record Floats(float[] values) implements Entry {}

  /** A float64 array. */
  public record Doubles(double[] values) implements Entry {}

  /** A 64-bit integer array. */
  public record Longs(long[] values) implements Entry {}

  /** An empty snapshot. */
  public Snapshot() {
    this(new LinkedHashMap<>(), "");
  }

  private Snapshot(Map<String, Entry> entries, String prefix) {
    this.entries = entries;
    this.prefix = prefix;
  }

  /** The same snapshot, with {@code name} and a dot in front of every name: a component's room. */
  public Snapshot in(String name) {
    return new Snapshot(entries, prefix + name + ".");
  }

  /** Stores an array; a name is stored once. */
  public void put(String name, float... values) {
    put(name, new Floats(values));
  }

  /** Stores an array; a name is stored once. */
  public void put(String name, double... values) {
    put(name, new Doubles(values));
  }

  /** Stores an array; a name is stored once. */
  public void put(String name, long... values) {
    put(name, new Longs(values));
  }

  /** Stores an entry; a name is stored once. */
  public void put(String name, Entry entry) {
    if (entries.putIfAbsent(prefix + name, entry) != null) {
      throw new IllegalStateException("'%s' is stored already".formatted(prefix + name));
    }
  }

  /** Whether an array of that name is stored. */
  public boolean has(String name) {
    return entries.containsKey(prefix + name);
  }

  /** A float32 array. */
  public float[] floats(String name) {
    if (entry(name) instanceof Floats(float[] values)) {
      return values;
    }
    throw wrong(name, "float32");
  }

  /** A float64 array. */
  public double[] doubles(String name) {
    if (entry(name) instanceof Doubles(double[] values)) {
      return values;
    }
    throw wrong(name, "float64");
  }

  /** A 64-bit integer array. */
  public long[] longs(String name) {
    if (entry(name) instanceof Longs(long[] values)) {
      return values;
    }
    throw wrong(name, "int64");
  }

  /** A single 64-bit integer. */
  public long number(String name) {
    long[] values = longs(name);
    if (values.length != 1) {
      throw new IllegalArgumentException(
          "'%s' holds %s numbers, expected one".formatted(prefix + name, values.length));
    }
    return values[0];
  }

  /** All entries of the whole snapshot, by full name, in the order in which they were stored. */
  public Map<String, Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  private Entry entry(String name) {
    Entry entry = entries.get(prefix + name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "nothing is stored under '%s'; the checkpoint belongs to another model or version"
              .formatted(prefix + name));
    }
    return entry;
  }

  private IllegalArgumentException wrong(String name, String expected) {
    String found =
        switch (entry(name)) {
          case Floats _ -> "float32";
          case Doubles _ -> "float64";
          case Longs _ -> "int64";
        };
    return new IllegalArgumentException(
        "'%s' is stored as %s, expected %s".formatted(prefix + name, found, expected));
  }
}
