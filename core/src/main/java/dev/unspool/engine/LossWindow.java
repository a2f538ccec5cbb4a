// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Model;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;

/**
 * The newest steps as a loss reads them: what should have come out, and which steps count. For
 * whoever implements an {@link Engine}.
 */
public final class LossWindow {
  private final Loss loss;
  private final RecentSteps targets;
  private final RecentSteps masks;
  private final FirstSteps gradient;

  /**
   * A window without steps.
   *
   * @param tape whose outputs are evaluated
   * @param capacity most outputs that one loss reads
   */
  public LossWindow(Loss loss, Model model, Tape tape, int capacity) {
    int lanes = tape.options().lanes();
    this.loss = loss.bind(tape);
    var workers = tape.workers();
    this.targets = new RecentSteps(capacity, lanes, loss.targets(model.outputs()), workers);
    this.masks = new RecentSteps(capacity, lanes, 1, workers);
    this.gradient = new FirstSteps(capacity, lanes, model.outputs());
  }

  /** Number of steps held, at most the capacity. */
  public int held() {
    return targets.held();
  }

  /**
   * Refuses what the loss cannot be evaluated with.
   *
   * @throws IllegalArgumentException if the targets have other features than the loss takes
   */
  public void require(Block block) {
    if (block.targets().features() != targets.features()) {
      throw new IllegalArgumentException(
          "targets are %s, the loss takes %s target features for %s outputs"
              .formatted(block.targets(), targets.features(), gradient.whole().features()));
    }
  }

  /** Appends steps; the oldest fall off. Where a lane is held, nothing counts. */
  public void append(Block block) {
    targets.append(block.targets());
    masks.append(block.mask());
    int steps = block.steps();
    if (block.events().anyHeld(steps)) {
      for (int step = 0; step < steps; step++) {
        for (int lane = 0; lane < block.lanes(); lane++) {
          if (block.events().holds(step, lane)) {
            masks.clear(steps - 1 - step, lane);
          }
        }
      }
    }
  }

  /**
   * The loss of the newest steps, as many as there are outputs; its derivative is in {@link
   * #gradient(int)}.
   *
   * @param outputs of the newest steps, at most {@link #held}, oldest first; not modified
   */
  public LossValue evaluate(Steps outputs) {
    int read = outputs.steps();
    return loss.evaluate(outputs, targets.last(read), masks.last(read), gradient.of(read));
  }

  /**
   * ∂loss/∂outputs.
   *
   * @param read number of outputs that were read last
   */
  public Steps gradient(int read) {
    return gradient.of(read);
  }

  /**
   * Whether the derivative with respect to the {@code read} outputs that were read last is zero.
   */
  public boolean isFlat(int read) {
    Steps of = gradient.of(read);
    for (int i = 0; i < of.size(); i++) {
      if (of.values()[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Lets nothing count any more of the steps that are held of a lane. */
  public void clear(int lane) {
    masks.clear(lane);
  }

  /** Forgets all steps. */
  public void clear() {
    targets.clear();
    masks.clear();
  }

  /** Stores what is held. */
  public void save(Snapshot snapshot) {
    targets.save(snapshot.in("targets"));
    masks.save(snapshot.in("masks"));
  }

  /** Refuses what was stored of another window; nothing changes. */
  public void check(Snapshot snapshot) {
    targets.check(snapshot.in("targets"));
    masks.check(snapshot.in("masks"));
  }

  /** Goes on from what {@link #save} stored. */
  public void load(Snapshot snapshot) {
    targets.load(snapshot.in("targets"));
    masks.load(snapshot.in("masks"));
  }
}
