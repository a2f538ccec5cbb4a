// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import dev.unspool.narx.NarxCore;
import dev.unspool.narx.NarxSpec;
import dev.unspool.network.Cell;
import dev.unspool.step.RecurrentCell;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A NARX model between what goes in and what comes out, which the data decide, and how it runs,
 * whether it is fitted, trained or judged.
 *
 * @param cell name of the cell of the recurrent layers, one that ends in {@code .java} the user's
 *     own; null for layers of tanh units
 * @param hidden units of each layer
 * @param inputDelays taps on the inputs
 * @param outputDelays taps on the fed-back outputs
 * @param internalDelays taps between the layers of tanh units
 * @param feed what the taps on outputs see while the weights are made
 * @param freeRun how it simulates
 * @param cellCrc32c checksum of the user's own cell, which is in the run's folder; null without one
 */
public record NarxConfig(
    @Nullable String cell,
    List<Integer> hidden,
    List<Integer> inputDelays,
    List<Integer> outputDelays,
    List<Integer> internalDelays,
    Identification feed,
    FreeRun freeRun,
    @Nullable String cellCrc32c) {
  private static final int LONGEST_WARM_UP = 1_000_000_000;

  /**
   * How a simulation begins.
   *
   * @param initial what the outputs were before its first step
   * @param warmUp rows at its beginning that do not count, beyond measured ones
   */
  public record FreeRun(InitialOutputs initial, int warmUp) {
    /** Checks the range. */
    public FreeRun {
      requireWarmUp(warmUp);
    }
  }

  /** Refuses a warm-up that is none. */
  static void requireWarmUp(int rows) {
    if (rows < 0 || rows > LONGEST_WARM_UP) {
      throw new UsageException(
          "--warm-up must be 0 to %s, found %s".formatted(LONGEST_WARM_UP, rows));
    }
  }

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
    requireSpec(cell, hidden, inputDelays, outputDelays, internalDelays);
    if (freeRun.initial == InitialOutputs.ESTIMATED && outputDelays.isEmpty()) {
      throw new UsageException(
          "--initial estimated has no meaning here: this model sees no earlier outputs (--output-delays would make it see them); use --initial zero or --warm-up");
    }
    if (freeRun.initial == InitialOutputs.ESTIMATED && feed == Identification.SERIES_PARALLEL) {
      throw new UsageException(
          "--initial estimated needs --training parallel: one step ahead, the model sees measured outputs only, which say nothing about those before them");
    }
  }

  /** The same, run in another way. */
  public NarxConfig with(Identification other, FreeRun run) {
    return new NarxConfig(
        cell, hidden, inputDelays, outputDelays, internalDelays, other, run, cellCrc32c);
  }

  /**
   * The model for so many inputs and targets.
   *
   * @param own its cell; null for layers of tanh units
   */
  NarxSpec spec(int inputs, int targets, @Nullable RecurrentCell own) {
    return spec(inputs, targets, own, hidden, inputDelays, outputDelays, internalDelays);
  }

  /** Whether its parts fit can be checked without the user's own cell, which is not read yet. */
  private static void requireSpec(
      @Nullable String cell,
      List<Integer> hidden,
      List<Integer> inputDelays,
      List<Integer> outputDelays,
      List<Integer> internalDelays) {
    try {
      Cell known =
          cell == null ? null : cell.endsWith(CellFile.SUFFIX) ? Cell.GRU : Cell.named(cell);
      NarxSpec _ = spec(1, 1, known, hidden, inputDelays, outputDelays, internalDelays);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  private static NarxSpec spec(
      int inputs,
      int targets,
      @Nullable RecurrentCell cell,
      List<Integer> hidden,
      List<Integer> inputDelays,
      List<Integer> outputDelays,
      List<Integer> internalDelays) {
    NarxCore core = cell == null ? new NarxCore.Tanh(hidden) : new NarxCore.Recurrent(cell, hidden);
    return new NarxSpec(inputs, targets, inputDelays, outputDelays, internalDelays, core);
  }

  /** Whether it carries more from step to step than the taps on inputs and outputs say. */
  public boolean hasMemory() {
    return cell != null || !internalDelays.isEmpty();
  }

  /** Whether a step depends on outputs of the model itself while the weights are made. */
  public boolean isRecurrent() {
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

  /** Likewise how it runs. */
  public String describeRuns() {
    return "%s, initial outputs %s%s"
        .formatted(
            Labels.of(feed),
            Labels.of(freeRun.initial),
            freeRun.warmUp == 0 ? "" : ", warm-up " + Numbers.count(freeRun.warmUp, "row"));
  }

  private static String delays(List<Integer> delays) {
    return delays.isEmpty()
        ? "none"
        : delays.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
