// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Parameters;
import dev.unspool.model.Requests;
import dev.unspool.model.Resets;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tape of a {@link Program}: runs its plan forwards, over blocks of steps. */
public final class ProgramTape implements Tape {
  /**
   * Rows, for each thread, that run through all phases together, so that what they leave stays in a
   * cache.
   */
  private static final int CHUNK_ROWS = 128;

  private final Program program;
  private final StateLayout layout;
  private final Plan plan;
  private final TapeOptions options;
  private final Requests requests;
  private final Kernels kernels;
  private final int lanes;
  private final TapeStore store;
  private final TapeStore outputs;
  private final WeightVersions versions;
  private final int[] resets;
  private final boolean[] pendingReset;
  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final Runner.Part[] forward;
  private final Runner.Part[] lazyForward;
  private final ProgramSweep sweep;
  private final SplitMix64[] random;
  private final int chunkSteps;

  /** Views that were handed out, by their first row: nothing is allocated in the long run. */
  private final @Nullable Steps[] views;

  /** Whether θ has changed since it was packed. */
  private boolean stale;

  private boolean closed;

  /** Steps on the tape, newest, whose outputs nobody has asked for yet. */
  private int pending;

  /**
   * A tape on which every lane is about to begin.
   *
   * @param compiler makes loops of pieces
   */
  public ProgramTape(
      Program program,
      StateLayout layout,
      Parameters theta,
      TapeOptions options,
      Function<Piece, Loop> compiler) {
    this.program = program;
    this.layout = layout;
    boolean sameWeights = options.weightPolicy() != WeightPolicy.CURRENT;
    this.plan = Plan.of(program, options.sensitivities(), sameWeights);
    this.options = options;
    this.requests =
        new Requests(
            program.input().width(),
            program.output().width(),
            program.parameters(),
            layout,
            options);
    this.kernels = Kernels.open(options.threads());
    this.lanes = options.lanes();
    this.store = new TapeStore(options.capacity());
    this.outputs = new TapeStore(options.outputWindow());
    this.resets = store.ints("resets", lanes);
    this.versions = new WeightVersions(store);
    this.pendingReset = new boolean[lanes];
    this.chunkSteps =
        Math.clamp((long) CHUNK_ROWS * kernels.threads() / lanes, 1, options.capacity());
    this.arrays = new ProgramArrays(lanes, plan.homes().size());
    for (Home home : plan.homes()) {
      arrays.arrays[home.id()] = allocate(home);
    }
    this.views = new Steps[outputs.slots()];
    this.weights = new ProgramWeights(plan, kernels, theta.values(), compiler);
    var runner = new Runner(arrays, weights, kernels, lanes, compiler, false, this::shift);
    this.forward = runner.prepare(plan.forward());
    this.lazyForward = runner.prepare(plan.lazyForward());
    this.sweep =
        new ProgramSweep(plan, arrays, weights, kernels, store, resets, versions, lanes, compiler);
    this.random = new SplitMix64[plan.masks().size()];
    Arrays.setAll(random, i -> new SplitMix64(options.seed() * 31 + i + 1));
    Arrays.fill(pendingReset, true);
    pack(0);
  }

  private float[] allocate(Home home) {
    int width = Math.multiplyExact(lanes, home.width());
    return switch (home.storage()) {
      case TAPE -> store.floats(home.name(), width);
      case ROWS -> outputs.floats("values", width);
      case CHUNK -> new float[Math.multiplyExact(chunkSteps, width)];
      case SWEEP -> new float[Math.multiplyExact(options.capacity(), width)];
      case STEP, BACK, CARRY, CARRY_BACK -> new float[width];
      case SHARED, ADJOINT -> new float[0];
    };
  }

  @Override
  public TapeOptions options() {
    return options;
  }

  @Override
  public int held() {
    return store.held();
  }

  // ----- forwards

  @Override
  public void forward(Steps inputs, Resets resetFlags) {
    requireOpen();
    requests.check(inputs, resetFlags);
    checkIndices(inputs);
    int capacity = options.capacity();
    for (int from = 0; from < inputs.steps(); from += capacity) {
      int to = Math.min(from + capacity, inputs.steps());
      append(inputs.view(from, to), resetFlags, from);
    }
  }

  private void checkIndices(Steps inputs) {
    for (int i = 0; program.classes() > 0 && i < inputs.size(); i++) {
      float index = inputs.values()[inputs.offset() + i];
      if (!(index >= 0 && index < program.classes()) || index != (int) index) {
        throw new IllegalArgumentException(
            "input of step %s, lane %s of the block is %s, expected a class index from 0 to %s"
                .formatted(i / lanes, i % lanes, index, program.classes() - 1));
      }
    }
  }

  private void append(Steps inputs, Resets resetFlags, int from) {
    int count = inputs.steps();
    replay();
    int start = store.append(count);
    if (stale) {
      stale = false;
      pack(options.weightPolicy() == WeightPolicy.AS_APPLIED ? versions.unused(start) : 0);
    }
    versions.record(start, start + count);
    for (int step = 0; step < count; step++) {
      for (int lane = 0; lane < lanes; lane++) {
        boolean reset = resetFlags.at(from + step, lane) || (step == 0 && pendingReset[lane]);
        resets[(start + step) * lanes + lane] = reset ? 1 : 0;
      }
    }
    Arrays.fill(pendingReset, false);
    float[] input = arrays.of(plan.input());
    System.arraycopy(
        inputs.values(), inputs.offset(), input, arrays.at(plan.input(), start), inputs.size());
    for (int i = 0; i < random.length; i++) {
      draw(i, start, start + count);
    }
    run(start, start + count);
    pending = (int) Math.min(Integer.MAX_VALUE, (long) pending + count);
  }

  private void draw(int mask, int from, int to) {
    Home home = plan.masks().get(mask);
    float[] values = arrays.of(home);
    float p = (float) ((Leaf) program.masks().get(mask).op()).number();
    float keep = 1 / (1 - p);
    for (int i = arrays.at(home, from); i < arrays.at(home, to); i++) {
      values[i] = !options.training() ? 1 : random[mask].nextFloat() < p ? 0 : keep;
    }
  }

  private void run(int from, int to) {
    for (int first = from; first < to; first += chunkSteps) {
      int end = Math.min(first + chunkSteps, to);
      arrays.chunk = first;
      for (Runner.Part part : forward) {
        if (part.stepwise()) {
          for (int slot = first; slot < end; slot++) {
            for (int state : part.states()) {
              enter(state, slot);
            }
            run(part, slot, slot + 1);
          }
        } else {
          run(part, first, end);
        }
      }
    }
  }

  private void run(Runner.Part part, int first, int end) {
    for (Runner.Task task : part.tasks()) {
      task.run(first, end, versions.current());
    }
  }

  /** Lets a step find what the one before has left. */
  private void enter(int state, int slot) {
    Home carry = plan.carry().get(state);
    Home entering = plan.entering().get(state);
    arrays.copy(carry, entering, slot, slot + 1);
    begin(state, arrays.of(entering), slot);
  }

  private void begin(int state, float[] entering, int slot) {
    Home home = plan.entering().get(state);
    for (int lane = 0; lane < lanes; lane++) {
      if (resets[slot * lanes + lane] != 0) {
        toInitial(state, entering, arrays.at(home, slot) + lane * home.width());
      }
    }
  }

  private void toInitial(int state, float[] values, int offset) {
    int width = plan.entering().get(state).width();
    Spot spot = plan.initial().get(state);
    Node initial = program.states().get(state).initial();
    if (spot != null) {
      float[] shared = stale ? weights.today() : weights.shared(versions.current());
      System.arraycopy(shared, spot.column(), values, offset, width);
    } else {
      float number = initial == null ? 0 : (float) ((Leaf) initial.op()).number();
      Arrays.fill(values, offset, offset + width, number);
    }
  }

  /** A state that does not depend on itself, for a block of steps. */
  private void shift(Instruction.Shift shift, int first, int end) {
    int state = shift.state();
    Home carry = plan.carry().get(state);
    Spot leaving = shift.other();
    for (int slot = first; slot < end; slot++) {
      if (slot == first) {
        arrays.copy(carry, shift.into(), slot, slot + 1);
      } else if (leaving != null) {
        copyRows(leaving, slot - 1, shift.into(), slot);
      }
      begin(state, arrays.of(shift.into()), slot);
    }
    if (leaving != null) {
      copyRows(leaving, end - 1, carry, end - 1);
    }
  }

  private void copyRows(Spot from, int slot, Home into, int at) {
    float[] source = arrays.of(from.home());
    float[] target = arrays.of(into);
    int offset = arrays.at(from.home(), slot) + from.column();
    int width = into.width();
    for (int lane = 0; lane < lanes; lane++) {
      System.arraycopy(
          source,
          offset + lane * from.home().width(),
          target,
          arrays.at(into, at) + lane * width,
          width);
    }
  }

  private void pack(int version) {
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
    stale = false;
    pack(0);
    if (held() > 0) {
      for (int state = 0; state < plan.carry().size(); state++) {
        Home carry = plan.carry().get(state);
        Home entering = plan.entering().get(state);
        System.arraycopy(
            arrays.of(entering),
            arrays.at(entering, store.first()),
            arrays.of(carry),
            0,
            lanes * carry.width());
      }
      run(store.first(), store.end());
      int count = Math.min(outputs.held(), held());
      evaluate(store.end() - count, count, outputs.end() - count);
    }
  }

  // ----- outputs

  @Override
  public Steps outputs(int count) {
    requireOpen();
    if (count < 1 || count > outputs.capacity()) {
      throw new IllegalArgumentException(
          "outputs of %s steps asked for; the tape was opened with an output window of %s"
              .formatted(count, outputs.capacity()));
    }
    replay();
    evaluatePending();
    if (count > outputs.held()) {
      throw new IllegalStateException(
          ("outputs of %s steps asked for, but only %s are there: so few steps were run, or the"
                  + " others left the tape before their outputs were asked for")
              .formatted(count, outputs.held()));
    }
    int width = program.output().width();
    int from = outputs.end() - count;
    Steps last = views[from];
    if (last == null || last.steps() != count) {
      last = Steps.of(arrays.of(plan.rows()), from * lanes * width, count, lanes, width);
      views[from] = last;
    }
    return last;
  }

  /**
   * Computes what is pending and still inside the window. Since this happens before the weights
   * change, an output always has the version of its step.
   */
  private void evaluatePending() {
    if (pending == 0) {
      return;
    }
    int count = Math.min(pending, Math.min(outputs.capacity(), held()));
    if (count < pending) {
      outputs.clear(); // a gap: what was there is no longer next to what comes
    }
    pending = 0;
    int start = outputs.append(count);
    evaluate(store.end() - count, count, start);
  }

  private void evaluate(int slot, int count, int row) {
    arrays.rows = row - slot;
    for (int first = slot; first < slot + count; first += chunkSteps) {
      arrays.chunk = first;
      for (Runner.Part part : lazyForward) {
        run(part, first, Math.min(first + chunkSteps, slot + count));
      }
    }
  }

  // ----- backwards

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    requireOpen();
    requests.check(depth, held());
    if (stale && options.weightPolicy() == WeightPolicy.CURRENT) {
      stale = false;
      pack(0);
    }
    replay();
    for (int i = 0; i < adjoints.size(); i++) {
      requests.check(adjoints.get(i), depth);
    }
    evaluatePending();
    for (int i = 0; i < adjoints.size(); i++) {
      sweep.run(depth, adjoints.get(i));
    }
  }

  // ----- state

  @Override
  public State state() {
    requireOpen();
    replay();
    return carried(pendingReset);
  }

  private State carried(boolean[] begins) {
    var state = new State(layout, lanes);
    for (int i = 0; i < plan.carry().size(); i++) {
      Home home = plan.carry().get(i);
      float[] array = state.array(program.states().get(i).name());
      System.arraycopy(arrays.of(home), 0, array, 0, array.length);
      for (int lane = 0; lane < lanes; lane++) {
        if (begins[lane]) {
          toInitial(i, array, lane * home.width());
        }
      }
    }
    return state;
  }

  @Override
  public void restore(State state) {
    requireOpen();
    requests.check(state);
    store.clear();
    outputs.clear();
    pending = 0;
    Arrays.fill(pendingReset, false);
    carry(state);
  }

  private void carry(State state) {
    for (int i = 0; i < plan.carry().size(); i++) {
      float[] array = state.array(program.states().get(i).name());
      System.arraycopy(array, 0, arrays.of(plan.carry().get(i)), 0, array.length);
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
    evaluatePending();
    stale = true;
  }

  // ----- checkpoints

  @Override
  public void save(Snapshot snapshot) {
    requireOpen();
    snapshot.put("version", (long) versions.current());
    snapshot.put("stale", stale ? 1L : 0);
    long[] begins = new long[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      begins[lane] = pendingReset[lane] ? 1 : 0;
    }
    snapshot.put("pendingReset", begins);
    store.save(snapshot.in("steps"));
    outputs.save(snapshot.in("outputs"));
    snapshot.in("outputs").put("pending", (long) pending);
    carried(new boolean[lanes]).save(snapshot.in("state"));
    for (int i = 0; i < random.length; i++) {
      snapshot.put("mask" + i + ".random", random[i].state());
    }
    for (int version : versions.older(stale)) {
      weights.save(snapshot.in("weights"), version);
    }
  }

  @Override
  public void load(Snapshot snapshot) {
    requireOpen();
    store.load(snapshot.in("steps"));
    outputs.load(snapshot.in("outputs"));
    pending = Math.toIntExact(snapshot.in("outputs").number("pending"));
    var state = new State(layout, lanes);
    state.load(snapshot.in("state"));
    carry(state);
    long[] begins = snapshot.longs("pendingReset");
    for (int lane = 0; lane < lanes; lane++) {
      pendingReset[lane] = begins[lane] != 0;
    }
    for (int i = 0; i < random.length; i++) {
      random[i].state(snapshot.number("mask" + i + ".random"));
    }
    stale = snapshot.number("stale") != 0;
    pack(versions.require(snapshot.number("version")));
    for (int version : versions.older(stale)) {
      weights.load(snapshot.in("weights"), version);
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
