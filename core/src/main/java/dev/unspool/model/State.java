// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Everything that a model carries from one step to the next, for all lanes: named arrays, lanes ×
 * size each. A value that belongs to whoever holds it; no tape shares its arrays.
 */
public final class State {
  private final StateLayout layout;
  private final int lanes;
  private final Map<String, float[]> arrays = new LinkedHashMap<>();

  /** Zeros. */
  public State(StateLayout layout, int lanes) {
    this.layout = layout;
    this.lanes = lanes;
    for (var array : layout.arrays()) {
      arrays.put(array.name(), new float[Math.multiplyExact(lanes, array.size())]);
    }
  }

  /** Names and sizes. */
  public StateLayout layout() {
    return layout;
  }

  /** Number of lanes. */
  public int lanes() {
    return lanes;
  }

  /** One array, lanes × size, itself and not a copy. */
  public float[] array(String name) {
    float[] array = arrays.get(name);
    return array != null ? array : Objects.requireNonNull(arrays.get(layout.array(name).name()));
  }

  /** Sets one array, lanes × size; the values are copied. */
  public void set(String name, float... values) {
    float[] array = array(name);
    if (values.length != array.length) {
      throw new IllegalArgumentException(
          "state array '%s' has %s lanes × %s values, found %s values"
              .formatted(name, lanes, layout.array(name).size(), values.length));
    }
    System.arraycopy(values, 0, array, 0, array.length);
  }

  /** Copies all arrays of a state of the same layout and lanes into these. */
  public void set(State other) {
    if (other.lanes != lanes || !other.layout.equals(layout)) {
      throw new IllegalArgumentException(
          "the state is %s for %s lanes, expected %s for %s"
              .formatted(other.layout, other.lanes, layout, lanes));
    }
    for (int i = 0; i < layout.arrays().size(); i++) {
      String name = layout.arrays().get(i).name();
      float[] into = array(name);
      System.arraycopy(other.array(name), 0, into, 0, into.length);
    }
  }

  /** A copy of the state of one lane, as that of a single one. */
  public State lane(int lane) {
    var one = new State(layout, 1);
    arrays.forEach(
        (name, values) -> {
          float[] into = one.array(name);
          System.arraycopy(values, lane * into.length, into, 0, into.length);
        });
    return one;
  }

  /**
   * Copies the state of a single lane into one of these.
   *
   * @throws IllegalArgumentException if it is of another layout, or of more than one lane
   */
  public void set(int lane, State one) {
    if (one.lanes != 1 || !one.layout.equals(layout)) {
      throw new IllegalArgumentException(
          "the state is %s for %s lanes, expected %s for a single one"
              .formatted(one.layout, one.lanes, layout));
    }
    arrays.forEach(
        (name, values) -> {
          float[] from = one.array(name);
          System.arraycopy(from, 0, values, lane * from.length, from.length);
        });
  }

  /** Stores all arrays under their names. */
  public void save(Snapshot snapshot) {
    arrays.forEach((name, values) -> snapshot.put(name, values.clone()));
  }

  /** Fills all arrays from what {@link #save} stored. */
  public void load(Snapshot snapshot) {
    arrays.keySet().forEach(name -> set(name, snapshot.floats(name)));
  }
}
