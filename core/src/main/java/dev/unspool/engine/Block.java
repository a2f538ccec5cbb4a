// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Steps;

/**
 * Consecutive steps of all lanes as they come from data: what goes in, what should come out, which
 * steps count, where sequences begin and where lanes are held.
 *
 * @param inputs steps × lanes × inputs
 * @param targets steps × lanes × targets (class indices: one feature); NaN where one is missing
 * @param mask steps × lanes × 1: 1 where the step counts in the loss, 0 where it does not (padding,
 *     or nothing to predict yet); values between weight the step
 * @param events where lanes begin new sequences, and where they are held: there, what goes in is
 *     not looked at, and nothing counts, whatever the mask says
 */
public record Block(Steps inputs, Steps targets, Steps mask, LaneEvents events) {

  /** Checks that all parts speak of the same steps and lanes. */
  public Block {
    int steps = inputs.steps();
    int lanes = inputs.lanes();
    if (targets.steps() != steps
        || targets.lanes() != lanes
        || mask.steps() != steps
        || mask.lanes() != lanes
        || mask.features() != 1
        || events.steps() < steps
        || events.lanes() != lanes) {
      throw new IllegalArgumentException(
          "parts of a block disagree: inputs %s, targets %s, mask %s, events of %s steps × %s lanes"
              .formatted(inputs, targets, mask, events.steps(), events.lanes()));
    }
  }

  /** An empty block: zeros, every step counts, no events. */
  public static Block allocate(int steps, int lanes, int inputs, int targets) {
    var mask = Steps.allocate(steps, lanes, 1);
    mask.fill(1);
    return new Block(
        Steps.allocate(steps, lanes, inputs),
        Steps.allocate(steps, lanes, targets),
        mask,
        new LaneEvents(steps, lanes));
  }

  /** Number of steps. */
  public int steps() {
    return inputs.steps();
  }

  /** Number of lanes. */
  public int lanes() {
    return inputs.lanes();
  }

  /** The first {@code count} steps, sharing all arrays. */
  public Block first(int count) {
    return count == steps()
        ? this
        : new Block(inputs.view(0, count), targets.view(0, count), mask.view(0, count), events);
  }

  /**
   * For sources: refuses to be filled with {@code max} steps of {@code source} if they do not fit.
   *
   * @throws IllegalArgumentException if this block has fewer steps, or other lanes or features
   */
  public void requireFits(BlockSource source, int max) {
    if (max < 1 || max > steps()) {
      throw new IllegalArgumentException(
          "between 1 and %s steps fit into this block, %s were asked for".formatted(steps(), max));
    }
    if (lanes() != source.lanes()
        || inputs.features() != source.inputs()
        || targets.features() != source.targets()) {
      throw new IllegalArgumentException(
          "a block of inputs %s and targets %s does not fit a source of %s lanes, %s inputs and %s targets"
              .formatted(inputs, targets, source.lanes(), source.inputs(), source.targets()));
    }
  }
}
