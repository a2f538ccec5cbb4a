// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import java.util.List;

/**
 * Shape of a NARX model.
 *
 * @param inputs components of u
 * @param outputs components of y
 * @param inputDelays taps on u, e.g. 1, 2; 0 is this step's u. May be empty if inputs is 0
 * @param outputDelays taps on y that the first layer sees, each at least 1; empty for none
 * @param internalDelays taps, each at least 1, from every layer to itself and to the layers before
 *     it, but for the way from the output to the first layer, which outputDelays describe; empty
 *     for a feed-forward core
 * @param core what stands between the taps and the linear output
 */
public record NarxSpec(
    int inputs,
    int outputs,
    List<Integer> inputDelays,
    List<Integer> outputDelays,
    List<Integer> internalDelays,
    NarxCore core) {

  /** Checks the ranges. */
  public NarxSpec {
    inputDelays = List.copyOf(inputDelays);
    outputDelays = List.copyOf(outputDelays);
    internalDelays = List.copyOf(internalDelays);
    if (inputs < 0 || outputs < 1) {
      throw new IllegalArgumentException(
          "a NARX model needs 0 or more inputs and 1 or more outputs, found %s and %s"
              .formatted(inputs, outputs));
    }
    check("input", inputDelays, 0);
    check("output", outputDelays, 1);
    check("internal", internalDelays, 1);
    if ((inputs == 0 || inputDelays.isEmpty()) && outputDelays.isEmpty()) {
      throw new IllegalArgumentException(
          "a NARX model without taps on inputs or outputs sees nothing");
    }
  }

  private static void check(String what, List<Integer> delays, int least) {
    for (int delay : delays) {
      if (delay < least) {
        throw new IllegalArgumentException(
            "%s delays must be at least %s, found %s".formatted(what, least, delays));
      }
    }
    if (delays.stream().distinct().count() != delays.size()) {
      throw new IllegalArgumentException("%s delays repeat: %s".formatted(what, delays));
    }
  }

  /** The taps on inputs, none if there are no inputs. */
  List<Integer> seenInputs() {
    return inputs == 0 ? List.of() : inputDelays;
  }

  /** The longest tap on outputs, 0 if there is none. */
  public int longestOutputDelay() {
    return longest(outputDelays);
  }

  /** The longest tap on inputs or outputs. */
  public int longestDelay() {
    return Math.max(longestOutputDelay(), longest(seenInputs()));
  }

  /** For how many steps the model remembers what it has yielded itself. */
  int longestDelayOfOwnOutputs(boolean closed) {
    return Math.max(longest(internalDelays), closed ? longestOutputDelay() : 0);
  }

  static int longest(List<Integer> delays) {
    return delays.stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
