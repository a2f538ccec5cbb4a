// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Adjoint;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Requests;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.Workers;
import java.util.List;
import java.util.function.Function;

/**
 * The tape of lanes that may be held: a tape of one lane for each of them, over the same θ. A lane
 * that is held at a step is not touched, so its state, the steps that it remembers and what they
 * give stay to the bit as they are; those of others do not depend on it. A step costs what the
 * lanes cost that make it.
 *
 * <p>To whoever asks, a step is one of the whole block: {@link #outputs} has zeros where a lane was
 * held, and what an adjoint says there is not looked at. How far back is counted in steps that a
 * lane has made: a sweep of depth k goes back through the newest k of each lane, or as many as it
 * has, and so do its {@link Sensitivities} and lags. A lane that has not stepped yet gives nothing.
 *
 * <p>Each tape remembers the weights that its own steps ran with: with k1 &lt; k2 and {@link
 * dev.unspool.model.WeightPolicy#AS_APPLIED} as many versions for each lane as a sweep is deep.
 */
public final class LaneTapes implements Tape {
  private final TapeOptions options;
  private final Requests requests;
  private final Tape[] tapes;
  private final LaneInputs inputs;
  private final LaneSteps made;
  private final LaneSweep sweep;
  private final FirstSteps outputs;
  private final StateLayout layout;
  private boolean closed;

  private LaneTapes(Model model, TapeOptions options, Tape[] tapes) {
    int lanes = options.lanes();
    int window = options.outputWindow();
    this.options = options;
    this.requests = new Requests(model, options);
    this.tapes = tapes;
    this.inputs = new LaneInputs(1, lanes, model.inputs());
    this.made = new LaneSteps(window, lanes);
    this.sweep = new LaneSweep(model, tapes, window, made);
    this.outputs = new FirstSteps(window, lanes, model.outputs());
    this.layout = model.state();
  }

  /**
   * Lanes that are about to begin.
   *
   * @param options of all lanes together
   * @param opener opens a tape of this model for a single lane
   */
  public static LaneTapes open(
      Model model, TapeOptions options, Function<TapeOptions, ? extends Tape> opener) {
    var tapes = new Tape[options.lanes()];
    for (int lane = 0; lane < tapes.length; lane++) {
      // The first one has the threads, which losses and optimizers use between its steps.
      tapes[lane] =
          opener.apply(
              options
                  .withLanes(1)
                  .withThreads(lane == 0 ? options.threads() : 1)
                  .withSeed(options.seed() + lane * 0x9E3779B97F4A7C15L));
    }
    return new LaneTapes(model, options, tapes);
  }

  @Override
  public TapeOptions options() {
    return options;
  }

  @Override
  public Workers workers() {
    return tapes[0].workers();
  }

  /** The most steps that are held of a lane. */
  @Override
  public int held() {
    int most = 0;
    for (Tape tape : tapes) {
      most = Math.max(most, tape.held());
    }
    return most;
  }

  // ----- forwards

  @Override
  public void forward(Steps block, LaneEvents events) {
    check(block, events);
    for (int lane = 0; lane < tapes.length; lane++) {
      if (!inputs.isEmpty(lane)) {
        tapes[lane].forward(inputs.of(lane), inputs.events(lane));
      }
    }
    made.append(events, block.steps());
  }

  @Override
  public void check(Steps block, LaneEvents events) {
    requireOpen();
    requests.checkShapes(block, events);
    inputs.take(block, events);
    for (int lane = 0; lane < tapes.length; lane++) {
      if (!inputs.isEmpty(lane)) {
        check(lane);
      }
    }
  }

  private void check(int lane) {
    try {
      tapes[lane].check(inputs.of(lane), inputs.events(lane));
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException(
          "in lane %s, seen alone: %s".formatted(lane, refused.getMessage()), refused);
    }
  }

  @Override
  public Steps outputs(int count) {
    requireOpen();
    requests.checkOutputs(count);
    if (count > made.held()) {
      throw new IllegalStateException(
          "outputs of %s steps asked for, but only %s were run".formatted(count, made.held()));
    }
    Steps all = outputs.of(count);
    all.fill(0);
    for (int lane = 0; lane < tapes.length; lane++) {
      int own = made.of(lane, count);
      if (own > 0) {
        made.spread(tapes[lane].outputs(own), all, lane);
      }
    }
    return all;
  }

  // ----- backwards

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    requireOpen();
    requests.check(depth, held());
    for (int i = 0; i < adjoints.size(); i++) {
      requests.check(adjoints.get(i), depth);
    }
    for (int i = 0; i < adjoints.size(); i++) {
      sweep.run(depth, adjoints.get(i));
    }
  }

  @Override
  public void parametersChanged() {
    requireOpen();
    for (Tape tape : tapes) {
      tape.parametersChanged();
    }
  }

  // ----- state

  @Override
  public State state() {
    requireOpen();
    var state = new State(layout, tapes.length);
    for (int lane = 0; lane < tapes.length; lane++) {
      state.set(lane, tapes[lane].state());
    }
    return state;
  }

  @Override
  public void restore(State state) {
    requireOpen();
    requests.check(state);
    made.clear();
    for (int lane = 0; lane < tapes.length; lane++) {
      tapes[lane].restore(state.lane(lane));
    }
  }

  /**
   * Lets one lane start from the given state, which is a constant: its steps fall off, and what was
   * put out by them is no more.
   *
   * @param state of a single lane; copied
   */
  public void restore(int lane, State state) {
    requireOpen();
    requests.checkLane(lane);
    tapes[lane].restore(state);
    made.clear(lane);
  }

  @Override
  public void reset(int lane) {
    requireOpen();
    requests.checkLane(lane);
    tapes[lane].reset(0);
  }

  // ----- checkpoints

  @Override
  public void save(Snapshot snapshot) {
    requireOpen();
    made.save(snapshot.in("stepped"));
    for (int lane = 0; lane < tapes.length; lane++) {
      tapes[lane].save(snapshot.in("lane" + lane));
    }
  }

  /**
   * Stores all of one lane: its state, the steps that it remembers and the weights that these ran
   * with. θ may be another when the lane comes back, so those of today are stored, too.
   */
  public void save(int lane, Snapshot snapshot) {
    requireOpen();
    requests.checkLane(lane);
    tapes[lane].parametersChanged(); // else it would rely on θ for the weights of its newest steps
    tapes[lane].save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    requireOpen();
    made.check(snapshot.in("stepped"));
    for (int lane = 0; lane < tapes.length; lane++) {
      tapes[lane].load(snapshot.in("lane" + lane));
    }
    made.load(snapshot.in("stepped"));
  }

  /**
   * Lets one lane go on from what {@link #save(int, Snapshot)} stored of any lane: sweeps reach
   * back into its steps; outputs of before are no more.
   */
  public void load(int lane, Snapshot snapshot) {
    requireOpen();
    requests.checkLane(lane);
    tapes[lane].load(snapshot);
    made.clear(lane);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this tape is closed; open another one");
    }
  }

  @Override
  public void close() {
    closed = true;
    for (int lane = tapes.length - 1; lane >= 0; lane--) {
      tapes[lane].close(); // the first one has what others may share
    }
  }
}
