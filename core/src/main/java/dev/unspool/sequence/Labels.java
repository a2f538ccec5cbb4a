// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

/** What messages call the values of a sequence: its owner may count steps from elsewhere. */
public interface Labels {
  /** Steps counted from the first one of the sequence. */
  Labels PLAIN = new Labels() {};

  /** A component of the input of step {@code t}, from 0. */
  default String input(int t, int component) {
    return "input %s of step %s".formatted(component, t);
  }

  /** A component of the target of step {@code t}. */
  default String target(int t, int component) {
    return "target %s of step %s".formatted(component, t);
  }

  /** A component of the state with which the first step runs. */
  default String initial(int component) {
    return "value %s of the initial state".formatted(component);
  }
}
