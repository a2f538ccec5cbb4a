// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static dev.unspool.torch.Leaves.keep;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The tape of a {@link TorchModel}: a list of steps, each with an autograd graph of its own that
 * begins at detached leaves. A sweep walks over them; a step that falls off takes its graph along.
 *
 * <p>Weight policies: with {@code AS_APPLIED} and {@code REPLAY} each update makes a new set of
 * leaves, and nothing that a graph refers to is ever written to. With {@code CURRENT} the new
 * values are written into the leaves that the open graphs refer to ({@link Leaves#overwrite}).
 */
final class TorchTape implements Tape {
  private final TorchModel model;
  private final Parameters theta;
  private final TapeOptions options;
  private final StepRunner runner;
  private final OutputWindow window;
  private final List<TapeStep> steps = new ArrayList<>();
  private final boolean[] pendingReset;
  private final int lanes;

  /** State after the newest step, kept. */
  private final Tensor[] carried;

  private @Nullable Leaves leaves;

  /** What the leaves hold. */
  private float[] applied;

  /** Number of steps run since the tape was opened. */
  private long count;

  /** Newest steps on the tape whose outputs nobody has asked for yet. */
  private int unread;

  private boolean stale;

  TorchTape(TorchModel model, Parameters theta, TapeOptions options) {
    this.model = model;
    this.theta = theta;
    this.options = options;
    this.lanes = options.lanes();
    this.runner = new StepRunner(model, options);
    this.window = new OutputWindow(options.outputWindow(), lanes, model.outputs());
    this.pendingReset = new boolean[lanes];
    Arrays.fill(pendingReset, true);
    this.carried = new Tensor[model.stateArrays().size()];
    carry(new State(model.state(), lanes));
    this.applied = theta.values().clone();
    use(new Leaves(model, applied));
  }

  private void use(Leaves next) {
    next.retain();
    if (leaves != null) {
      leaves.release();
    }
    leaves = next;
  }

  private Leaves open() {
    if (leaves == null) {
      throw new IllegalStateException("this tape is closed");
    }
    return leaves;
  }

  @Override
  public TapeOptions options() {
    return options;
  }

  @Override
  public int held() {
    return steps.size();
  }

  @Override
  public void forward(Steps inputs, Resets resets) {
    open();
    check(inputs, resets);
    if (inputs.steps() > 0) {
      replay();
    }
    int capacity = options.capacity();
    for (int from = 0; from < inputs.steps(); from += capacity) {
      int to = Math.min(from + capacity, inputs.steps());
      drop(Math.min(held(), capacity - (to - from)));
      refresh();
      for (int step = from; step < to; step++) {
        append(inputs, step, resets);
      }
    }
  }

  private void check(Steps inputs, Resets resets) {
    if (inputs.features() != model.inputs() || inputs.lanes() != lanes) {
      throw new IllegalArgumentException(
          "input is %s, the model takes %d lanes × %d features"
              .formatted(inputs, lanes, model.inputs()));
    }
    if (resets.steps() < inputs.steps() || resets.lanes() != lanes) {
      throw new IllegalArgumentException(
          "resets are of %d steps × %d lanes, the input is %s"
              .formatted(resets.steps(), resets.lanes(), inputs));
    }
  }

  /** Drops the oldest steps. */
  private void drop(int survivors) {
    List<TapeStep> oldest = steps.subList(0, held() - survivors);
    oldest.forEach(TapeStep::close);
    oldest.clear();
  }

  private void append(Steps inputs, int position, Resets resetFlags) {
    boolean[] resets = pendingReset.clone();
    for (int lane = 0; lane < lanes; lane++) {
      resets[lane] |= resetFlags.at(position, lane);
    }
    Tensor input = runner.input(inputs.values(), inputs.at(position));
    add(run(count + 1, input, carried, resets, open(), applied));
    count++;
    Arrays.fill(pendingReset, false);
    unread++;
  }

  private TapeStep run(
      long number, Tensor input, Tensor[] before, boolean[] resets, Leaves with, float[] values) {
    try {
      return runner.run(number, input, before, resets, with, values);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private void add(TapeStep step) {
    steps.add(step);
    carry(step);
  }

  private void carry(TapeStep step) {
    try (var _ = new PointerScope()) {
      for (int i = 0; i < carried.length; i++) {
        carried[i].close();
        carried[i] = keep(step.next[i].detach());
      }
    }
  }

  private void carry(State state) {
    try (var _ = new PointerScope()) {
      for (int i = 0; i < carried.length; i++) {
        var array = model.stateArrays().get(i);
        float[] values = state.array(array.name());
        if (carried[i] != null) {
          carried[i].close();
        }
        carried[i] =
            keep(
                runner
                    .arrays()
                    .tensor(array.type(), values, 0, values.length, array.batched(lanes)));
      }
    }
  }

  /** Takes changed weights over; the steps on the tape ran with older ones. */
  private void refresh() {
    if (!stale) {
      return;
    }
    stale = false;
    applied = theta.values().clone();
    if (options.weightPolicy() == WeightPolicy.CURRENT) {
      open().overwrite(applied);
    } else {
      use(new Leaves(model, applied));
    }
  }

  /**
   * Under {@link WeightPolicy#REPLAY}, takes the changed weights over and runs all steps again from
   * the oldest state, before any of them falls off.
   */
  private void replay() {
    if (!stale || options.weightPolicy() != WeightPolicy.REPLAY) {
      return;
    }
    refresh();
    if (steps.isEmpty()) {
      return;
    }
    Tensor[] before = steps.getFirst().entering;
    for (int i = 0; i < steps.size(); i++) {
      TapeStep old = steps.get(i);
      TapeStep again = run(old.number, detached(old.input), before, old.resets, open(), applied);
      steps.set(i, again);
      carry(again);
      old.close();
      before = carried;
    }
    for (int age = 0; age < Math.min(window.held(), held()); age++) {
      read(age);
    }
  }

  private static Tensor detached(Tensor tensor) {
    try (var _ = new PointerScope()) {
      return keep(tensor.detach());
    }
  }

  @Override
  public Steps outputs(int wanted) {
    open();
    window.require(wanted);
    replay();
    readPending();
    return window.last(wanted);
  }

  private void readPending() {
    if (unread == 0) {
      return;
    }
    int readable = Math.min(unread, Math.min(window.capacity(), held()));
    if (readable < unread) {
      window.clear(); // a gap: what was there is no longer next to what comes
    }
    unread = 0;
    for (int i = 0; i < readable; i++) {
      window.append();
    }
    for (int age = 0; age < readable; age++) {
      read(age);
    }
  }

  private void read(int age) {
    try (var _ = new PointerScope()) {
      Tensor output = runner.readout(steps.get(held() - 1 - age));
      HostArrays.read(output, window.values(), window.offset(age));
    }
  }

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    open();
    if (depth < 1 || depth > held()) {
      throw new IllegalArgumentException(
          "a sweep of depth %d was asked for; the tape holds %d steps".formatted(depth, held()));
    }
    if (options.weightPolicy() == WeightPolicy.CURRENT) {
      refresh();
    }
    replay();
    List<TapeStep> swept = steps.subList(held() - depth, held());
    for (Adjoint adjoint : adjoints) {
      check(adjoint, depth);
    }
    for (Adjoint adjoint : adjoints) {
      try (var sweep = new Sweep(model, runner, options.training(), lanes)) {
        sweep.run(swept, adjoint);
      }
    }
  }

  private void check(Adjoint adjoint, int depth) {
    Steps seed = adjoint.outputs();
    if (seed.steps() > depth || seed.lanes() != lanes || seed.features() != model.outputs()) {
      throw new IllegalArgumentException(
          "output gradients are %s, a sweep of depth %d takes at most %d steps × %d lanes × %d"
              .formatted(seed, depth, depth, lanes, model.outputs()));
    }
    if (!adjoint.into().layout().equals(model.parameters())) {
      throw new IllegalArgumentException(
          "the gradient has %d values in the layout of another model, this one has %d"
              .formatted(adjoint.into().layout().size(), model.parameters().size()));
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
          "sensitivities have room for %s, the sweep is %d steps × %d lanes"
              .formatted(sensitivities.inputs(), depth, lanes));
    }
  }

  @Override
  public State state() {
    open();
    replay();
    var state = new State(model.state(), lanes);
    try (var _ = new PointerScope()) {
      for (int i = 0; i < carried.length; i++) {
        var array = model.stateArrays().get(i);
        float[] values = state.array(array.name());
        HostArrays.read(carried[i], values, 0);
        for (int lane = 0; lane < lanes; lane++) {
          if (pendingReset[lane]) {
            toInitial(array, values, lane * array.size());
          }
        }
      }
    }
    return state;
  }

  private void toInitial(StateArray array, float[] values, int offset) {
    if (array.initial() == null) {
      Arrays.fill(values, offset, offset + array.size(), 0);
    } else {
      int initial = model.parameters().slice(array.initial()).offset();
      System.arraycopy(theta.values(), initial, values, offset, array.size());
    }
  }

  @Override
  public void restore(State state) {
    open();
    if (!state.layout().equals(model.state()) || state.lanes() != lanes) {
      throw new IllegalArgumentException(
          "the state is %s for %d lanes, this tape carries %s for %d"
              .formatted(state.layout(), state.lanes(), model.state(), lanes));
    }
    clear();
    Arrays.fill(pendingReset, false);
    carry(state);
  }

  private void clear() {
    drop(0);
    window.clear();
    unread = 0;
  }

  @Override
  public void reset(int lane) {
    if (lane < 0 || lane >= lanes) {
      throw new IllegalArgumentException("lane %d of %d".formatted(lane, lanes));
    }
    pendingReset[lane] = true;
  }

  @Override
  public void parametersChanged() {
    open();
    readPending();
    stale = true;
  }

  @Override
  public void save(Snapshot snapshot) {
    open();
    snapshot.put("count", count);
    snapshot.put("unread", (long) unread);
    snapshot.put("stale", stale ? 1L : 0);
    snapshot.put("pendingReset", longs(pendingReset));
    window.save(snapshot.in("outputs"));
    try (var _ = new PointerScope()) {
      save(snapshot.in("state"), carried);
      var versions = new ArrayList<float[]>();
      snapshot.put("held", (long) held());
      for (int i = 0; i < held(); i++) {
        TapeStep step = steps.get(i);
        Snapshot room = snapshot.in("step" + i);
        room.put("number", step.number);
        room.put("resets", longs(step.resets));
        room.put("weights", (long) version(versions, step.theta));
        room.put("input", HostArrays.doubles(step.input));
        save(room.in("entering"), step.entering);
      }
      snapshot.put("weights", (long) version(versions, applied));
      for (int v = 0; v < versions.size(); v++) {
        snapshot.in("weights").put(String.valueOf(v), versions.get(v).clone());
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // each update makes a new array
  private static int version(List<float[]> versions, float[] values) {
    for (int v = 0; v < versions.size(); v++) {
      if (versions.get(v) == values) {
        return v;
      }
    }
    versions.add(values);
    return versions.size() - 1;
  }

  private void save(Snapshot snapshot, Tensor[] tensors) {
    for (int i = 0; i < tensors.length; i++) {
      snapshot.put(model.stateArrays().get(i).name(), HostArrays.doubles(tensors[i]));
    }
  }

  private static long[] longs(boolean[] flags) {
    long[] values = new long[flags.length];
    for (int i = 0; i < flags.length; i++) {
      values[i] = flags[i] ? 1 : 0;
    }
    return values;
  }

  private boolean[] flags(long[] values) {
    if (values.length != lanes) {
      throw new IllegalArgumentException(
          "the checkpoint is of %d lanes, the tape has %d".formatted(values.length, lanes));
    }
    var flags = new boolean[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      flags[lane] = values[lane] != 0;
    }
    return flags;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A graph cannot be stored: each step is run again from the state, the input, the weights and
   * the random seed that it had, which gives the same numbers.
   */
  @Override
  public void load(Snapshot snapshot) {
    open();
    clear();
    count = snapshot.number("count");
    stale = snapshot.number("stale") != 0;
    boolean[] pending = flags(snapshot.longs("pendingReset"));
    window.load(snapshot.in("outputs"));
    try (var _ = new PointerScope()) {
      new TapeLoader(model, runner, options, snapshot).load(steps, open());
      var current = snapshot.in("weights").floats(String.valueOf(snapshot.number("weights")));
      boolean shared = !steps.isEmpty() && Arrays.equals(current, steps.getLast().theta);
      applied = shared ? steps.getLast().theta : current.clone();
      if (options.weightPolicy() == WeightPolicy.CURRENT) {
        open().overwrite(applied);
      } else if (shared) {
        use(steps.getLast().leaves);
      } else {
        use(new Leaves(model, applied));
      }
      Tensor[] state = TapeLoader.state(model, runner, lanes, snapshot.in("state"));
      for (int i = 0; i < carried.length; i++) {
        carried[i].close();
        carried[i] = keep(state[i]);
      }
    }
    System.arraycopy(pending, 0, pendingReset, 0, lanes);
    unread = Math.toIntExact(snapshot.number("unread"));
  }

  @Override
  public void close() {
    if (leaves == null) {
      return;
    }
    clear();
    TapeStep.closeAll(carried);
    leaves.release();
    leaves = null;
  }
}
