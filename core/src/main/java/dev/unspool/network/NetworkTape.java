// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.program.TapeStore;
import dev.unspool.program.WeightVersions;
import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Parameters;
import dev.unspool.model.Resets;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tape of a {@link Network}: runs its layers one after the other over whole blocks, forwards
 * and in sweeps, and keeps count of which version of the weights each step ran with.
 */
final class NetworkTape implements Tape {
  private final Kernels kernels;
  private final Network network;
  private final TapeOptions options;
  private final TapeStore store;
  private final int lanes;
  private final int[] resets;
  private final WeightVersions versions;
  private final InputLayer input;
  private final RecurrentLayer[] layers;
  private final @Nullable Dropout[] dropouts;
  private final OutputLayer output;
  private final boolean[] pendingReset;

  /** Scratch of a sweep: ∂L/∂h of one layer, of the one below, and ∂L/∂(pre-activations). */
  private final float[] upstream;

  private final float[] downstream;
  private final float[] delta;
  private final float[] recurrentDelta;

  /** Whether θ has changed since it was packed. */
  private boolean stale;

  private boolean closed;

  NetworkTape(Network network, Parameters theta, TapeOptions options, Kernels kernels) {
    var spec = network.spec();
    this.kernels = kernels;
    this.network = network;
    this.options = options;
    this.lanes = options.lanes();
    this.store = new TapeStore(options.capacity());
    this.resets = store.ints("resets", lanes);
    this.versions = new WeightVersions(store);
    this.pendingReset = new boolean[lanes];
    var arrays = new TapeArrays(kernels, store, lanes, resets, versions.ofSlots());
    this.input = new InputLayer(spec.input(), arrays, network.parameters(), theta.values());
    this.layers = new RecurrentLayer[spec.layers()];
    this.dropouts = new Dropout[spec.layers()];
    float[] below = input.values();
    for (int l = 0; l < layers.length; l++) {
      if (l > 0 && options.training() && spec.dropout() > 0) {
        var dropout =
            new Dropout(
                "dropout" + l,
                store,
                spec.dropout(),
                lanes * spec.hidden(),
                below,
                options.seed() * 31 + l);
        dropouts[l] = dropout;
        below = dropout.values();
      }
      boolean inputGradient = l > 0 || input.trained() || options.sensitivities();
      layers[l] = new RecurrentLayer(network, l, arrays, theta.values(), below, inputGradient);
      below = layers[l].output();
    }
    this.output = new OutputLayer(network, arrays, options.outputWindow(), theta.values(), below);
    int rows = Math.multiplyExact(options.capacity(), lanes);
    int gates = spec.cell().gates() * spec.hidden();
    boolean toInput = input.trained() || options.sensitivities();
    int widest = Math.max(spec.hidden(), toInput ? spec.input().width() : 0);
    this.upstream = new float[Math.multiplyExact(rows, widest)];
    this.downstream = new float[Math.multiplyExact(rows, widest)];
    this.delta = new float[Math.multiplyExact(rows, gates)];
    this.recurrentDelta = spec.cell().kernel(kernels).separate() ? new float[rows * gates] : delta;
    Arrays.fill(pendingReset, true);
    pack(0);
  }

  @Override
  public TapeOptions options() {
    return options;
  }

  @Override
  public int held() {
    return store.held();
  }

  @Override
  public void forward(Steps inputs, Resets resetFlags) {
    requireOpen();
    check(inputs, resetFlags);
    int capacity = options.capacity();
    for (int from = 0; from < inputs.steps(); from += capacity) {
      int to = Math.min(from + capacity, inputs.steps());
      append(inputs.view(from, to), resetFlags, from);
    }
  }

  private void check(Steps inputs, Resets resetFlags) {
    if (inputs.features() != network.inputs() || inputs.lanes() != lanes) {
      throw new IllegalArgumentException(
          "input is %s, the model takes %s lanes × %s features (%s)"
              .formatted(inputs, lanes, network.inputs(), network));
    }
    if (resetFlags.steps() < inputs.steps() || resetFlags.lanes() != lanes) {
      throw new IllegalArgumentException(
          "resets are of %s steps × %s lanes, the input is %s"
              .formatted(resetFlags.steps(), resetFlags.lanes(), inputs));
    }
    input.check(inputs);
  }

  private void append(Steps inputs, Resets resetFlags, int from) {
    int count = inputs.steps();
    replay();
    int start = store.append(count);
    if (stale) {
      refresh(start);
    }
    versions.record(start, start + count);
    for (int step = 0; step < count; step++) {
      for (int lane = 0; lane < lanes; lane++) {
        boolean reset = resetFlags.at(from + step, lane) || (step == 0 && pendingReset[lane]);
        resets[(start + step) * lanes + lane] = reset ? 1 : 0;
      }
    }
    Arrays.fill(pendingReset, false);
    input.load(inputs, start);
    for (Dropout dropout : dropouts) {
      if (dropout != null) {
        dropout.draw(start, start + count);
      }
    }
    run(start, start + count, false);
    output.appended(count);
  }

  private void run(int from, int to, boolean again) {
    input.forward(from, to);
    for (int l = 0; l < layers.length; l++) {
      Dropout dropout = dropouts[l];
      if (dropout != null) {
        dropout.forward(from, to);
      }
      if (again) {
        layers[l].replay(from, to);
      } else {
        layers[l].forward(from, to);
      }
    }
  }

  /** Takes the changed weights over; the steps before slot {@code start} ran with older ones. */
  private void refresh(int start) {
    stale = false;
    pack(options.weightPolicy() == WeightPolicy.AS_APPLIED ? versions.unused(start) : 0);
  }

  /**
   * Under {@link WeightPolicy#REPLAY}, takes the changed weights over and runs every step held
   * again. All of them, before any falls off: the result must not depend on how many are appended
   * next.
   */
  private void replay() {
    if (!stale || options.weightPolicy() != WeightPolicy.REPLAY) {
      return;
    }
    stale = false;
    pack(0);
    if (held() > 0) {
      run(store.first(), store.end(), true);
      output.replay(store.first(), store.end());
    }
  }

  private void pack(int version) {
    versions.makeCurrent(version);
    for (RecurrentLayer layer : layers) {
      layer.pack(version);
    }
    output.pack(version);
  }

  @Override
  public Steps outputs(int count) {
    requireOpen();
    replay();
    return output.read(count);
  }

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    requireOpen();
    if (depth < 1 || depth > held()) {
      throw new IllegalArgumentException(
          "a sweep of depth %s was asked for; the tape holds %s steps".formatted(depth, held()));
    }
    if (stale && options.weightPolicy() == WeightPolicy.CURRENT) {
      stale = false;
      pack(0);
    }
    replay();
    for (int i = 0; i < adjoints.size(); i++) {
      check(adjoints.get(i), depth);
    }
    for (int i = 0; i < adjoints.size(); i++) {
      sweep(depth, adjoints.get(i));
    }
  }

  private void check(Adjoint adjoint, int depth) {
    Steps seed = adjoint.outputs();
    if (seed.steps() > depth || seed.lanes() != lanes || seed.features() != network.outputs()) {
      throw new IllegalArgumentException(
          "output gradients are %s, a sweep of depth %s takes at most %s steps × %s lanes × %s"
              .formatted(seed, depth, depth, lanes, network.outputs()));
    }
    if (!adjoint.into().layout().equals(network.parameters())) {
      throw new IllegalArgumentException(
          "the gradient has %s values in the layout of another model, this one (%s) has %s"
              .formatted(adjoint.into().layout().size(), network, network.parameters().size()));
    }
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities == null) {
      return;
    }
    if (!options.sensitivities()) {
      throw new IllegalStateException(
          "sensitivities were asked for; open the tape with TapeOptions.withSensitivities()");
    }
    if (sensitivities.depth() != depth || sensitivities.inputs().lanes() != lanes) {
      throw new IllegalArgumentException(
          "sensitivities have room for %s, the sweep is %s steps × %s lanes"
              .formatted(sensitivities.inputs(), depth, lanes));
    }
    for (var array : network.state().arrays()) {
      if (sensitivities.state(array.name()).features() != array.size()) {
        throw new IllegalArgumentException(
            "sensitivities to %s have room for %s, the model (%s) carries %s values"
                .formatted(array.name(), sensitivities.state(array.name()), network, array.size()));
      }
    }
  }

  private void sweep(int depth, Adjoint adjoint) {
    int end = store.end();
    int first = end - depth;
    float[] into = adjoint.into().values();
    input.clear(into);
    output.backward(adjoint.outputs(), depth, upstream, into);
    float[] above = upstream;
    float[] below = downstream;
    for (int l = layers.length - 1; l >= 0; l--) {
      layers[l].backward(
          first, end, above, delta, recurrentDelta, below, into, adjoint.sensitivities());
      Dropout dropout = dropouts[l];
      if (dropout != null) {
        dropout.backward(first, end, below);
      }
      if (l > 0) {
        float[] swap = above;
        above = below;
        below = swap;
      }
    }
    input.backward(first, end, below, into);
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities != null) {
      reportInputs(sensitivities.inputs(), below);
    }
  }

  private void reportInputs(Steps inputs, float[] delta) {
    if (network.spec().input() instanceof Input.Numeric) {
      System.arraycopy(delta, 0, inputs.values(), inputs.offset(), inputs.size());
    } else {
      inputs.fill(0);
    }
  }

  @Override
  public State state() {
    requireOpen();
    replay();
    var state = new State(network.state(), lanes);
    for (RecurrentLayer layer : layers) {
      layer.readState(state, pendingReset);
    }
    return state;
  }

  @Override
  public void restore(State state) {
    requireOpen();
    if (!state.layout().equals(network.state()) || state.lanes() != lanes) {
      throw new IllegalArgumentException(
          "the state is %s for %s lanes, this tape carries %s for %s"
              .formatted(state.layout(), state.lanes(), network.state(), lanes));
    }
    store.clear();
    output.clear();
    Arrays.fill(pendingReset, false);
    for (RecurrentLayer layer : layers) {
      layer.writeState(state);
    }
  }

  @Override
  public void reset(int lane) {
    requireOpen();
    if (lane < 0 || lane >= lanes) {
      throw new IllegalArgumentException("lane %s of %s".formatted(lane, lanes));
    }
    pendingReset[lane] = true;
  }

  @Override
  public void parametersChanged() {
    requireOpen();
    output.evaluatePending();
    stale = true;
  }

  @Override
  public void save(Snapshot snapshot) {
    requireOpen();
    snapshot.put("version", (long) versions.current());
    snapshot.put("stale", stale ? 1L : 0);
    long[] pending = new long[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      pending[lane] = pendingReset[lane] ? 1 : 0;
    }
    snapshot.put("pendingReset", pending);
    store.save(snapshot.in("steps"));
    output.save(snapshot.in("outputs"));
    var carried = new State(network.state(), lanes);
    for (RecurrentLayer layer : layers) {
      layer.readState(carried, new boolean[lanes]);
    }
    carried.save(snapshot.in("state"));
    for (Dropout dropout : dropouts) {
      if (dropout != null) {
        dropout.save(snapshot);
      }
    }
    var weights = snapshot.in("weights");
    for (int version : versions.older(stale)) {
      output.saveVersion(weights.in("output"), version);
      for (RecurrentLayer layer : layers) {
        layer.saveVersion(weights, version);
      }
    }
  }

  @Override
  public void load(Snapshot snapshot) {
    requireOpen();
    store.load(snapshot.in("steps"));
    output.load(snapshot.in("outputs"));
    var carried = new State(network.state(), lanes);
    carried.load(snapshot.in("state"));
    for (RecurrentLayer layer : layers) {
      layer.writeState(carried);
    }
    long[] pending = snapshot.longs("pendingReset");
    for (int lane = 0; lane < lanes; lane++) {
      pendingReset[lane] = pending[lane] != 0;
    }
    for (Dropout dropout : dropouts) {
      if (dropout != null) {
        dropout.load(snapshot);
      }
    }
    stale = snapshot.number("stale") != 0;
    pack(versions.require(snapshot.number("version")));
    var weights = snapshot.in("weights");
    for (int version : versions.older(stale)) {
      output.loadVersion(weights.in("output"), version);
      for (RecurrentLayer layer : layers) {
        layer.loadVersion(weights, version);
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this tape is closed; open another one");
    }
  }

  @Override
  public void close() {
    closed = true;
    kernels.close();
  }
}
