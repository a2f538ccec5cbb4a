// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.SweepObserver;
import dev.unspool.model.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that runs on a tape, k1 steps from one sweep to the next, with a loss that reads the
 * newest outputs. What a tape makes of the derivative of that loss is what sets engines apart; see
 * {@link TapeEngine}, whose methods these mean where they have the same name. Not thread-safe.
 */
public final class LossTape implements AutoCloseable {
  private final Tape tape;
  private final LossWindow window;
  private final LossAt lossAt;
  private final Gradient gradient;
  private final int interval;
  private final int deepest;

  /** By the number of outputs read: what goes back if nobody wants more than the gradient. */
  private final List<@Nullable List<Adjoint>> plain;

  private int stepsSinceSweep;

  /**
   * At the beginning.
   *
   * @param tape of this model; closed by {@link #close}. If these are {@link LaneTapes}, lanes may
   *     be held
   * @param lossAt which outputs the loss reads
   * @param interval k1, at least 1
   * @param deepest k2: steps that a sweep goes back at the most
   */
  public LossTape(Model model, Tape tape, Loss loss, LossAt lossAt, int interval, int deepest) {
    int capacity = lossAt.outputs(interval);
    this.tape = tape;
    this.window = new LossWindow(loss, model, tape, capacity);
    this.lossAt = lossAt;
    this.gradient = new Gradient(model.parameters());
    this.interval = interval;
    this.deepest = deepest;
    this.plain = new ArrayList<>(Collections.nCopies(capacity + 1, null));
  }

  /** The tape. */
  public Tape tape() {
    return tape;
  }

  /** k1. */
  public int interval() {
    return interval;
  }

  /** Which outputs the loss reads. */
  public LossAt lossAt() {
    return lossAt;
  }

  /** Number of steps run since the last sweep. */
  public int stepsSinceSweep() {
    return stepsSinceSweep;
  }

  /** How deep the next sweep will be: k2, or the number of steps there are. */
  public int depth() {
    return Math.min(deepest, tape.held());
  }

  /** ∂loss/∂θ of the last sweep. */
  public Gradient gradient() {
    return gradient;
  }

  /** Runs steps forwards. */
  public void forward(Block block) {
    int left = interval - stepsSinceSweep;
    if (block.steps() > left) {
      throw new IllegalArgumentException(
          "a block of %s steps crosses the next sweep, which is due in %s (k1 = %s)"
              .formatted(block.steps(), left, interval));
    }
    window.require(block);
    tape.forward(block.inputs(), block.events());
    window.append(block);
    stepsSinceSweep += block.steps();
  }

  /**
   * Evaluates the loss and lets the tape sweep.
   *
   * @param newest ∂/∂s of the newest state that is added to what comes back from the loss; null:
   *     nothing
   * @param sensitivities of the depth {@link #depth()}; null if nobody wants them
   * @param observer looks on; null if nobody does
   * @throws IllegalStateException if no step was run since the last sweep
   */
  public LossValue sweep(
      @Nullable State newest,
      @Nullable Sensitivities sensitivities,
      @Nullable SweepObserver observer) {
    if (stepsSinceSweep == 0) {
      throw new IllegalStateException("no step was run since the last sweep");
    }
    int read = Math.min(lossAt.outputs(stepsSinceSweep), window.held());
    LossValue value = window.evaluate(tape.outputs(read));
    boolean bare = newest == null && sensitivities == null && observer == null;
    int depth = depth();
    boolean counted = value.weight() != 0; // then a loss may have parameters of its own
    if (depth == 0 || bare && !counted && window.isFlat(read)) {
      Arrays.fill(gradient.values(), 0); // no need to carry zeros back
    } else if (bare) {
      tape.backward(depth, plain(read));
    } else {
      tape.backward(
          depth, new Adjoint(window.gradient(read), newest, gradient, sensitivities, observer));
    }
    stepsSinceSweep = 0;
    return value;
  }

  private List<Adjoint> plain(int read) {
    List<Adjoint> known = plain.get(read);
    if (known == null) {
      known = List.of(new Adjoint(window.gradient(read), gradient));
      plain.set(read, known);
    }
    return known;
  }

  /** Begins a new stream from the given state, which is a constant. */
  public void restart(State state) {
    tape.restore(state);
    window.clear();
    stepsSinceSweep = 0;
  }

  // ----- lanes that may be held

  /** Whether lanes may be held. */
  public boolean holds() {
    return tape instanceof LaneTapes;
  }

  /** Begins a new sequence in one lane from the given state, which is a constant. */
  public void restart(int lane, State state) {
    lanes().restore(lane, state);
    window.clear(lane);
  }

  /** Stores what is known of one lane. */
  public void save(int lane, Snapshot snapshot) {
    lanes().save(lane, snapshot);
  }

  /** Lets one lane go on from what was stored of one. */
  public void load(int lane, Snapshot snapshot) {
    lanes().load(lane, snapshot);
    window.clear(lane);
  }

  private LaneTapes lanes() {
    if (tape instanceof LaneTapes lanes) {
      return lanes;
    }
    throw new IllegalStateException(
        "the lanes of this engine are advanced together, none of them alone; build it with holds()");
  }

  // ----- checkpoints

  /** Stores everything but the gradient. */
  public void save(Snapshot snapshot) {
    snapshot.put("stepsSinceSweep", (long) stepsSinceSweep);
    window.save(snapshot);
    tape.save(snapshot.in("tape"));
  }

  /** Goes on from what {@link #save(Snapshot)} stored. */
  public void load(Snapshot snapshot) {
    long stored = snapshot.number("stepsSinceSweep");
    if (stored < 0 || stored > interval) {
      throw new IllegalArgumentException(
          "the checkpoint is %s steps after a sweep, with k1 = %s; it was written with another k1"
              .formatted(stored, interval));
    }
    window.check(snapshot);
    tape.load(snapshot.in("tape"));
    window.load(snapshot);
    stepsSinceSweep = (int) stored;
  }

  @Override
  public void close() {
    tape.close();
  }
}
