// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.HashSet;
import java.util.List;

/**
 * The arrays that a model carries from step to step.
 *
 * @param arrays in a fixed order, names unique
 */
public record StateLayout(List<Entry> arrays) {

  /**
   * One array of the state.
   *
   * @param name e.g. {@code layer0.h}
   * @param size number of values of one lane, at least 1
   */
  public record Entry(String name, int size) {}

  /** Copies the list and checks the names. */
  public StateLayout {
    arrays = List.copyOf(arrays);
    var names = new HashSet<String>();
    for (Entry array : arrays) {
      if (!names.add(array.name()) || array.size() < 1) {
        throw new IllegalArgumentException(
            "state arrays need different names and at least one value, found " + arrays);
      }
    }
  }

  /**
   * What the parameter is called from which an array begins where its initial state is learned:
   * {@code initial.layer0.h}.
   */
  public static String initial(String array) {
    return "initial." + array;
  }

  /** Number of values of one lane, all arrays together. */
  public int size() {
    return arrays.stream().mapToInt(Entry::size).sum();
  }

  /** The entry of that name. */
  public Entry array(String name) {
    return arrays.stream()
        .filter(array -> array.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no state array '%s'; this model carries %s".formatted(name, arrays)));
  }
}
