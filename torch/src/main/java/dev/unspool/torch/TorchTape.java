// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static dev.unspool.torch.Leaves.keep;

import dev.unspool.model.Adjoint;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Parameters;
import dev.unspool.model.Requests;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.model.Workers;
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
  private final Requests requests;
  private final CarriedState carried;

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
    this.runner = new StepRunner(model, options);
    this.window = new OutputWindow(options.outputWindow(), options.lanes(), model.outputs());
    this.requests = new Requests(model, options);
    this.carried = new CarriedState(model, options.lanes());
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
      throw new IllegalStateException("this tape is closed; open another one");
    }
    return leaves;
  }

  @Override
  public TapeOptions options() {
    return options;
  }

  @Override
  public Workers workers() {
    open();
    return Tape.super.workers();
  }

  @Override
  public int held() {
    return steps.size();
  }

  @Override
  public void forward(Steps inputs, LaneEvents events) {
    check(inputs, events);
    if (inputs.steps() > 0) {
      replay();
    }
    int capacity = options.capacity();
    for (int from = 0; from < inputs.steps(); from += capacity) {
      int to = Math.min(from + capacity, inputs.steps());
      drop(Math.min(held(), capacity - (to - from)));
      refresh();
      for (int step = from; step < to; step++) {
        append(inputs, step, events);
      }
    }
  }

  @Override
  public void check(Steps inputs, LaneEvents events) {
    open();
    requests.check(inputs, events);
  }

  /** Drops the oldest steps. */
  private void drop(int survivors) {
    List<TapeStep> oldest = steps.subList(0, held() - survivors);
    oldest.forEach(TapeStep::close);
    oldest.clear();
  }

  private void append(Steps inputs, int position, LaneEvents events) {
    boolean[] resets = carried.resets(events, position);
    Tensor input = runner.input(inputs.values(), inputs.at(position));
    TapeStep step = run(count + 1, input, carried.tensors(), resets, open(), applied);
    steps.add(step);
    carried.take(step.next);
    carried.begun();
    count++;
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
      carried.take(again.next);
      old.close();
      before = carried.tensors();
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
    requests.checkOutputs(wanted);
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
    requests.check(depth, held());
    if (options.weightPolicy() == WeightPolicy.CURRENT) {
      refresh();
    }
    replay();
    List<TapeStep> swept = steps.subList(held() - depth, held());
    for (Adjoint adjoint : adjoints) {
      requests.check(adjoint, depth);
    }
    for (Adjoint adjoint : adjoints) {
      try (var sweep = new Sweep(model, runner, options.training(), options.lanes())) {
        sweep.run(swept, adjoint.within(depth));
      }
    }
  }

  @Override
  public State state() {
    open();
    replay();
    var state = new State(model.state(), options.lanes());
    carried.read(state, this::toInitial);
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
    requests.check(state);
    clear();
    carried.take(state);
  }

  private void clear() {
    drop(0);
    window.clear();
    unread = 0;
  }

  @Override
  public void reset(int lane) {
    open();
    requests.checkLane(lane);
    carried.reset(lane);
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
    window.save(snapshot.in("outputs"));
    carried.save(snapshot);
    new TapeSaver(model, options.lanes()).save(steps, applied, snapshot);
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
    }
    carried.load(snapshot);
    unread = Math.toIntExact(snapshot.number("unread"));
  }

  @Override
  public void close() {
    if (leaves == null) {
      return;
    }
    clear();
    carried.close();
    leaves.release();
    leaves = null;
  }
}
