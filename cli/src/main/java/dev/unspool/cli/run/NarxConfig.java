// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.narx.Identification;
import dev.unspool.narx.NarxCore;
import dev.unspool.narx.NarxSpec;
import dev.unspool.network.Cell;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A NARX model between what goes in and what comes out, which the data decide.
 *
 * @param cell name of the cell of the recurrent layers; null for layers of tanh units
 * @param hidden units of each layer
 * @param inputDelays taps on the inputs
 * @param outputDelays taps on the fed-back outputs
 * @param internalDelays taps between the layers of tanh units
 */
public record NarxConfig(
    @Nullable String cell,
    List<Integer> hidden,
    List<Integer> inputDelays,
    List<Integer> outputDelays,
    List<Integer> internalDelays) {

  /** Checks what does not depend on the data. */
  public NarxConfig {
    hidden = List.copyOf(hidden);
    inputDelays = List.copyOf(inputDelays);
    outputDelays = List.copyOf(outputDelays);
    internalDelays = List.copyOf(internalDelays);
    if (cell != null && !internalDelays.isEmpty()) {
      throw new UsageException(
          "--internal-delays is for tanh layers; with --cell the layers have a state of their own");
    }
    spec(1, 1, cell, hidden, inputDelays, outputDelays, internalDelays);
  }

  /** The model for so many inputs and targets. */
  public NarxSpec spec(int inputs, int targets) {
    return spec(inputs, targets, cell, hidden, inputDelays, outputDelays, internalDelays);
  }

  private static NarxSpec spec(
      int inputs,
      int targets,
      @Nullable String cell,
      List<Integer> hidden,
      List<Integer> inputDelays,
      List<Integer> outputDelays,
      List<Integer> internalDelays) {
    try {
      NarxCore core =
          cell == null
              ? new NarxCore.Tanh(hidden)
              : new NarxCore.Recurrent(Cell.named(cell), hidden);
      return new NarxSpec(inputs, targets, inputDelays, outputDelays, internalDelays, core);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /** Whether it carries more from step to step than the taps on inputs and outputs say. */
  public boolean hasMemory() {
    return cell != null || !internalDelays.isEmpty();
  }

  /** Whether a step depends on outputs of the model itself. */
  public boolean isRecurrent(Identification feed) {
    return hasMemory() || (feed == Identification.PARALLEL && !outputDelays.isEmpty());
  }

  /** In a few words. */
  public String describe() {
    String layers = hidden.stream().map(String::valueOf).collect(Collectors.joining("-"));
    return "%s %s, input delays %s, output delays %s%s"
        .formatted(
            layers,
            cell == null ? "tanh" : cell,
            delays(inputDelays),
            delays(outputDelays),
            internalDelays.isEmpty() ? "" : ", internal delays " + delays(internalDelays));
  }

  private static String delays(List<Integer> delays) {
    return delays.isEmpty()
        ? "none"
        : delays.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
