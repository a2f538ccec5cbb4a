// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Requests;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.SweepObserver;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

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
  /** Steps that are handed on at once, at the most. */
  private static final int MOST = 256;

  private final Model model;
  private final TapeOptions options;
  private final Requests requests;
  private final Tape[] tapes;

  /** 1 where a lane has stepped, of as many steps as outputs are kept of. */
  private final RecentSteps stepped;

  // What one lane is given and gives.
  private final FirstSteps laneInputs;
  private final LaneEvents laneEvents;
  private final FirstSteps laneAdjoint;
  private final Gradient laneGradient;

  /** By the number of outputs read: what goes back if nobody wants more than the gradient. */
  private final List<List<Adjoint>> plain;

  private final FirstSteps made;
  private final FirstSteps outputs;
  private boolean closed;

  private LaneTapes(Model model, TapeOptions options, Tape[] tapes) {
    int lanes = options.lanes();
    int window = options.outputWindow();
    int room = Math.min(options.capacity(), MOST);
    this.model = model;
    this.options = options;
    this.requests = new Requests(model, options);
    this.tapes = tapes;
    this.stepped = new RecentSteps(window, lanes, 1);
    this.laneInputs = new FirstSteps(room, 1, model.inputs());
    this.laneEvents = new LaneEvents(room, 1);
    this.laneAdjoint = new FirstSteps(window, 1, model.outputs());
    this.laneGradient = new Gradient(model.parameters());
    this.plain =
        IntStream.rangeClosed(0, window)
            .mapToObj(read -> List.of(new Adjoint(laneAdjoint.of(read), laneGradient)))
            .toList();
    this.made = new FirstSteps(room, lanes, 1);
    this.outputs = new FirstSteps(window, lanes, model.outputs());
  }

  /**
   * Lanes that are about to begin.
   *
   * @param options of all lanes together
   * @param opener opens a tape of this model for a single lane
   */
  public static LaneTapes open(
      Model model, TapeOptions options, Function<TapeOptions, Tape> opener) {
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
  public void forward(Steps inputs, LaneEvents events) {
    check(inputs, events);
    int room = laneEvents.steps();
    for (int from = 0; from < inputs.steps(); from += room) {
      int to = Math.min(from + room, inputs.steps());
      for (int lane = 0; lane < tapes.length; lane++) {
        int count = give(inputs, events, lane, from, to);
        if (count > 0) {
          tapes[lane].forward(laneInputs.of(count), laneEvents);
        }
      }
      stepped.append(made(events, from, to));
    }
  }

  @Override
  public void check(Steps inputs, LaneEvents events) {
    requireOpen();
    requests.checkShapes(inputs, events);
    int room = laneEvents.steps();
    for (int from = 0; from < inputs.steps(); from += room) {
      int to = Math.min(from + room, inputs.steps());
      for (int lane = 0; lane < tapes.length; lane++) {
        int count = give(inputs, events, lane, from, to);
        if (count > 0) {
          tapes[lane].check(laneInputs.of(count), laneEvents);
        }
      }
    }
  }

  /** Puts the steps that a lane makes side by side, and says how many these are. */
  private int give(Steps inputs, LaneEvents events, int lane, int from, int to) {
    int features = inputs.features();
    float[] into = laneInputs.whole().values();
    int count = 0;
    for (int step = from; step < to; step++) {
      if (!events.holds(step, lane)) {
        int at = inputs.at(step) + lane * features;
        System.arraycopy(inputs.values(), at, into, count * features, features);
        laneEvents.set(count, 0, events.begins(step, lane));
        count++;
      }
    }
    return count;
  }

  private Steps made(LaneEvents events, int from, int to) {
    float[] into = made.whole().values();
    for (int step = from; step < to; step++) {
      for (int lane = 0; lane < tapes.length; lane++) {
        into[(step - from) * tapes.length + lane] = events.holds(step, lane) ? 0 : 1;
      }
    }
    return made.of(to - from);
  }

  /** Steps that a lane has made among the newest {@code count}. */
  private int madeBy(int lane, Steps newest) {
    int sum = 0;
    for (int step = 0; step < newest.steps(); step++) {
      sum += has(newest, step, lane) ? 1 : 0;
    }
    return sum;
  }

  private boolean has(Steps newest, int step, int lane) {
    return newest.values()[newest.at(step) + lane] != 0;
  }

  @Override
  public Steps outputs(int count) {
    requireOpen();
    requests.checkOutputs(count);
    if (count > stepped.held()) {
      throw new IllegalStateException(
          "outputs of %s steps asked for, but only %s were run".formatted(count, stepped.held()));
    }
    Steps all = outputs.of(count);
    Steps newest = stepped.last(count);
    int features = all.features();
    all.fill(0);
    for (int lane = 0; lane < tapes.length; lane++) {
      int own = madeBy(lane, newest);
      if (own > 0) {
        Steps given = tapes[lane].outputs(own);
        int from = given.offset();
        for (int step = 0; step < count; step++) {
          if (has(newest, step, lane)) {
            int into = all.at(step) + lane * features;
            System.arraycopy(given.values(), from, all.values(), into, features);
            from += features;
          }
        }
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
      backward(depth, adjoints.get(i));
    }
  }

  @Override
  public void backward(int depth, Adjoint adjoint) {
    requireOpen();
    requests.check(depth, held());
    requests.check(adjoint, depth);
    float[] sum = adjoint.into().values();
    Arrays.fill(sum, 0);
    SweepObserver observer = adjoint.observer();
    var lagging = observer == null ? null : new LaneNorms(depth, observer);
    var sensitivities = adjoint.sensitivities();
    if (sensitivities != null) {
      clear(sensitivities);
    }
    for (int lane = 0; lane < tapes.length; lane++) {
      int deep = Math.min(depth, tapes[lane].held());
      int read = take(adjoint.outputs(), lane, deep);
      boolean bare = adjoint.newest() == null && sensitivities == null && lagging == null;
      if (deep == 0 || bare && isFlat(read)) {
        continue; // nothing comes back to it
      }
      var mine = sensitivities == null ? null : new Sensitivities(model, deep, 1);
      State beyond = adjoint.newest() == null ? null : adjoint.newest().lane(lane);
      tapes[lane].backward(
          deep,
          bare
              ? plain.get(read)
              : List.of(new Adjoint(laneAdjoint.of(read), beyond, laneGradient, mine, lagging)));
      float[] part = laneGradient.values();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
      if (sensitivities != null && mine != null) {
        put(mine, sensitivities, lane);
      }
    }
    if (lagging != null) {
      lagging.tell();
    }
  }

  /** Puts what comes back to the newest steps of a lane side by side: of so many at the most. */
  private int take(Steps all, int lane, int most) {
    Steps newest = stepped.last(Math.min(all.steps(), stepped.held()));
    int features = all.features();
    int own = madeBy(lane, newest);
    int count = Math.min(own, most);
    int into = -(own - count);
    for (int step = 0; step < newest.steps(); step++) {
      if (has(newest, step, lane)) {
        if (into >= 0) {
          int from = all.at(all.steps() - newest.steps() + step) + lane * features;
          System.arraycopy(
              all.values(), from, laneAdjoint.whole().values(), into * features, features);
        }
        into++;
      }
    }
    return count;
  }

  private boolean isFlat(int read) {
    Steps adjoint = laneAdjoint.of(read);
    for (int i = 0; i < adjoint.size(); i++) {
      if (adjoint.values()[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void clear(Sensitivities all) {
    all.inputs().fill(0);
    for (var array : model.state().arrays()) {
      all.state(array.name()).fill(0);
    }
  }

  private void put(Sensitivities mine, Sensitivities all, int lane) {
    put(mine.inputs(), all.inputs(), lane);
    for (var array : model.state().arrays()) {
      put(mine.state(array.name()), all.state(array.name()), lane);
    }
  }

  /** The newest step of both is the last one. */
  private static void put(Steps mine, Steps all, int lane) {
    int older = all.steps() - mine.steps();
    int features = all.features();
    for (int step = 0; step < mine.steps(); step++) {
      int into = all.at(older + step) + lane * features;
      System.arraycopy(mine.values(), mine.at(step), all.values(), into, features);
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
    var state = new State(model.state(), tapes.length);
    for (int lane = 0; lane < tapes.length; lane++) {
      state.set(lane, tapes[lane].state());
    }
    return state;
  }

  @Override
  public void restore(State state) {
    requireOpen();
    requests.check(state);
    stepped.clear();
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
    stepped.clear(lane);
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
    stepped.save(snapshot.in("stepped"));
    for (int lane = 0; lane < tapes.length; lane++) {
      save(lane, snapshot.in("lane" + lane));
    }
  }

  /** Stores all of one lane: its state and the steps that it remembers. */
  public void save(int lane, Snapshot snapshot) {
    requireOpen();
    requests.checkLane(lane);
    tapes[lane].save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    requireOpen();
    stepped.check(snapshot.in("stepped"));
    for (int lane = 0; lane < tapes.length; lane++) {
      tapes[lane].load(snapshot.in("lane" + lane));
    }
    stepped.load(snapshot.in("stepped"));
  }

  /**
   * Lets one lane go on from what {@link #save(int, Snapshot)} stored of any lane: sweeps reach
   * back into its steps; outputs of before are no more.
   */
  public void load(int lane, Snapshot snapshot) {
    requireOpen();
    requests.checkLane(lane);
    tapes[lane].load(snapshot);
    stepped.clear(lane);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this tape is closed; open another one");
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Tape tape : tapes) {
      tape.close();
    }
  }
}
