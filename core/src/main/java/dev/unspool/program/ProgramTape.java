// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Requests;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.model.Workers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tape of a {@link Program}: which steps are held, which weights they run with, and what the
 * state is; {@link ForwardPass}, {@link OutputWindow} and {@link ProgramSweep} compute.
 */
public final class ProgramTape implements Tape {
  private final Program program;
  private final Home input;
  private final TapeOptions options;
  private final Requests requests;
  private final Kernels kernels;
  private final int lanes;
  private final TapeStore store;
  private final WeightVersions versions;
  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final CarriedState state;
  private final DropoutMasks masks;
  private final ForwardPass pass;
  private final @Nullable SharedLanes shared;
  private final OutputWindow outputs;
  private final WatchedValues watched;
  private final ProgramSweep sweep;

  /** Whether θ has changed since it was packed. */
  private boolean stale;

  private boolean closed;

  /** A tape on which every lane is about to begin. */
  ProgramTape(Bench bench, StateLayout layout, TapeOptions options) {
    CompiledPlan compiled = bench.compiled();
    Plan plan = compiled.plan();
    this.program = plan.program();
    this.input = plan.forward().input();
    this.options = options;
    this.requests =
        new Requests(
            program.input().width(),
            program.output().width(),
            program.parameters(),
            layout,
            options);
    this.lanes = options.lanes();
    int threads = options.threads();
    this.kernels =
        Kernels.open(
            threads == TapeOptions.AUTOMATIC_THREADS ? SharedLanes.threads(plan, lanes) : threads);
    this.store = new TapeStore(options.capacity(), kernels);
    this.versions = new WeightVersions(store);
    var outputStore = new TapeStore(options.outputWindow(), kernels);
    int chunkSteps = ForwardPass.chunkSteps(lanes, kernels.threads(), options.capacity());
    this.arrays =
        ProgramArrays.allocate(plan.homes(), lanes, store, outputStore, chunkSteps, bench);
    this.weights = new ProgramWeights(bench.weights(kernels));
    var initial = new InitialStates(plan, arrays, weights, store, lanes);
    this.state = new CarriedState(layout, plan, arrays, initial, lanes);
    this.masks = new DropoutMasks(plan, arrays, initial, options);
    this.pass =
        new ForwardPass(compiled, arrays, weights, initial, kernels, Lanes.all(lanes), chunkSteps);
    var adjoints = new InitialAdjoints(plan, initial, versions);
    this.shared =
        SharedLanes.areBetter(plan, weights, kernels, lanes)
            ? new SharedLanes(
                compiled, arrays, weights, initial, adjoints, versions, kernels, lanes, chunkSteps)
            : null;
    this.outputs =
        new OutputWindow(
            outputStore,
            store,
            lanes,
            program.output().width(),
            arrays.of(plan.forward().rows()),
            pass,
            versions);
    this.watched = new WatchedValues(plan.watched(), arrays, weights, initial, store, versions);
    this.sweep =
        new ProgramSweep(
            compiled, arrays, weights, initial, kernels, store, versions, adjoints, shared, lanes);
    pack(0);
  }

  @Override
  public TapeOptions options() {
    return options;
  }

  @Override
  public Workers workers() {
    return kernels;
  }

  @Override
  public int held() {
    return store.held();
  }

  // ----- forwards

  @Override
  public void forward(Steps inputs, LaneEvents events) {
    check(inputs, events);
    int capacity = options.capacity();
    for (int from = 0; from < inputs.steps(); from += capacity) {
      int to = Math.min(from + capacity, inputs.steps());
      append(inputs.view(from, to), events, from);
    }
  }

  @Override
  public void check(Steps inputs, LaneEvents events) {
    requireOpen();
    requests.check(inputs, events);
    checkIndices(inputs);
  }

  private void checkIndices(Steps inputs) {
    for (int i = 0; program.classes() > 0 && i < inputs.size(); i++) {
      float index = inputs.values()[inputs.offset() + i];
      if (!program.isClass(index)) {
        throw new IllegalArgumentException(
            "input of step %s, lane %s of the block is %s, expected a class index from 0 to %s"
                .formatted(i / lanes, i % lanes, index, program.classes() - 1));
      }
    }
  }

  private void append(Steps inputs, LaneEvents events, int from) {
    int count = inputs.steps();
    replay();
    int start = store.append(count);
    if (stale && options.weightPolicy() == WeightPolicy.AS_APPLIED) {
      weights.keepOutputs(versions.used(newest(options.outputWindow()), start));
      pack(versions.unused(start));
    } else if (stale) {
      pack(0);
    }
    versions.record(start, start + count);
    state.begin(start, count, events, from);
    kernels.copy(
        inputs.values(), inputs.offset(), arrays.of(input), arrays.at(input, start), inputs.size());
    masks.draw(start, start + count);
    run(start, start + count, versions.current());
    outputs.appended(count);
  }

  /** Slot of the oldest of so many newest steps, or of as many as there are. */
  private int newest(int count) {
    return store.end() - Math.min(count, store.held());
  }

  /** Runs steps, whose lanes threads may share out. */
  private void run(int from, int to, int version) {
    arrays.renew(Home.Storage.CHUNK);
    if (shared == null) {
      pass.run(from, to, version);
    } else {
      shared.forward(from, to, version);
    }
  }

  private void pack(int version) {
    stale = false;
    versions.makeCurrent(version);
    weights.pack(version);
  }

  /**
   * Under {@link WeightPolicy#REPLAY}, takes the changed weights over and runs every step held
   * again, from the state with which the oldest one ran. All of them, before any falls off: the
   * result must not depend on how many are appended next.
   */
  private void replay() {
    if (!stale || options.weightPolicy() != WeightPolicy.REPLAY) {
      return;
    }
    pack(0);
    if (held() > 0) {
      pass.rewind(store.first());
      run(store.first(), store.end(), 0);
      versions.record(store.first(), store.end());
      outputs.evaluateAgain();
    }
  }

  @Override
  public Steps outputs(int count) {
    requireOpen();
    requests.checkOutputs(count);
    replay();
    return outputs.newest(count);
  }

  // ----- backwards

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    prepare(depth);
    for (int i = 0; i < adjoints.size(); i++) {
      check(adjoints.get(i), depth);
    }
    outputs.evaluatePending();
    for (int i = 0; i < adjoints.size(); i++) {
      sweep.run(depth, adjoints.get(i).within(depth), null);
    }
  }

  private void prepare(int depth) {
    requireOpen();
    requests.check(depth, held());
    if (stale && options.weightPolicy() == WeightPolicy.CURRENT) {
      pack(0);
    }
    replay();
  }

  private void check(Adjoint adjoint, int depth) {
    requests.check(adjoint, depth);
    int read = Math.min(adjoint.outputs().steps(), depth);
    int window = options.outputWindow();
    if (read > window && !versions.areSame(newest(read), newest(window))) {
      throw new IllegalArgumentException(
          ("output gradients are of %s steps, and the weights have changed since the oldest of them; this"
                  + " tape keeps the output layer's for an output window of %s: open it with"
                  + " withOutputWindow(%s)")
              .formatted(read, window, read));
    }
  }

  /**
   * The same as {@link #backward(int, Adjoint)}, also yielding ∂L/∂s of the state with which the
   * oldest of these steps found each lane; zeros in lanes that begin with that step.
   *
   * @param oldest overwritten
   */
  public void backward(int depth, Adjoint adjoint, State oldest) {
    prepare(depth);
    check(adjoint, depth);
    requests.check(oldest);
    outputs.evaluatePending();
    sweep.run(depth, adjoint.within(depth), oldest);
  }

  /** What was asked to be kept. */
  public WatchedValues watched() {
    return watched;
  }

  @Override
  public void parametersChanged() {
    requireOpen();
    outputs.evaluatePending();
    weights.changed();
    if (options.weightPolicy() != WeightPolicy.AS_APPLIED) {
      weights.leave(); // nothing is computed with them any more
    }
    stale = true;
  }

  // ----- state

  @Override
  public State state() {
    var copy = new State(state.layout(), lanes);
    state(copy);
    return copy;
  }

  @Override
  public void state(State into) {
    requireOpen();
    requests.check(into);
    replay();
    state.next(stale, weights, versions.current(), into);
  }

  @Override
  public void restore(State restored) {
    requireOpen();
    requests.check(restored);
    store.clear();
    outputs.clear();
    state.restore(restored);
  }

  @Override
  public void reset(int lane) {
    requireOpen();
    requests.checkLane(lane);
    state.reset(lane);
  }

  // ----- checkpoints

  @Override
  public void save(Snapshot snapshot) {
    requireOpen();
    snapshot.put("version", (long) versions.current());
    snapshot.put("stale", stale ? 1L : 0);
    store.save(snapshot.in("steps"));
    outputs.save(snapshot.in("outputs"));
    state.save(snapshot);
    masks.save(snapshot);
    int[] older = older();
    boolean[] read = versions.used(newest(outputs.there()), store.end());
    for (int version : older) {
      weights.save(snapshot.in("weights"), version, read[version]);
    }
  }

  @Override
  public void load(Snapshot snapshot) {
    requireOpen();
    store.load(snapshot.in("steps"));
    outputs.load(snapshot.in("outputs"));
    state.load(snapshot);
    masks.load(snapshot);
    int version = versions.require(snapshot.number("version"));
    versions.makeCurrent(version);
    weights.packWhatIsThere(version);
    stale = snapshot.number("stale") != 0;
    int[] older = older();
    boolean[] read = versions.used(newest(outputs.there()), store.end());
    for (int each : older) {
      weights.load(snapshot.in("weights"), each, read[each]);
    }
  }

  /** Versions that a sweep may still need and that θ does not hold. */
  private int[] older() {
    return options.weightPolicy() == WeightPolicy.AS_APPLIED ? versions.older(stale) : new int[0];
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this tape is closed; open another one");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      weights.leave();
    }
    closed = true;
    kernels.close();
  }
}
