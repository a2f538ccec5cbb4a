// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.model.Adjoint;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Requests;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.Workers;
import dev.unspool.program.ProgramTape;
import dev.unspool.program.Vanishing;
import java.util.List;

/**
 * A tape whose sweeps reach back to the beginning: beside the newest steps it carries traces of all
 * steps before, and where a sweep through the steps ends, these say what it would still have met.
 * Steps wait on the tape until a sweep needs them in the traces or it is full; the traces then take
 * many in while they stay in a cache.
 */
final class TracedTape implements Tape {
  private final ProgramTape tape;
  private final Requests requests;
  private final Traces traces;
  private final State oldest;

  /** Newest steps that stay on the tape. */
  private final int deepest;

  /** Newest steps that the traces have not taken in yet: all of them are on the tape. */
  private int ahead;

  /**
   * Steps since what had vanished of the traces was flushed. That happens in a sweep, which comes
   * at the same step however many steps the traces have taken in at once before.
   */
  private long unflushed;

  private boolean closed;

  /**
   * A tape on which every lane is about to begin.
   *
   * @param tape of that program, with room for more steps than {@code deepest}; its lanes are about
   *     to begin, and nobody else uses it
   * @param deepest steps that a sweep goes back through by itself, at the most
   */
  TracedTape(TracedProgram program, ProgramTape tape, int deepest) {
    int lanes = tape.options().lanes();
    var steps = program.plan().program();
    this.tape = tape;
    this.requests =
        new Requests(
            steps.input().width(),
            steps.output().width(),
            steps.parameters(),
            program.state(),
            tape.options());
    this.oldest = new State(program.state(), lanes);
    this.traces =
        new Traces(
            program.plan(), lanes, program.watched(), tape.watched(), oldest, tape.workers());
    this.deepest = deepest;
  }

  long traceValues() {
    return traces.size();
  }

  @Override
  public TapeOptions options() {
    return tape.options();
  }

  @Override
  public Workers workers() {
    return tape.workers();
  }

  /** Steps that can be gone back through: what is on the tape beyond them is in the traces. */
  @Override
  public int held() {
    return Math.min(ahead, deepest);
  }

  @Override
  public void forward(Steps inputs, LaneEvents events) {
    check(inputs, events); // all of it, before the first part of it is run
    int capacity = tape.options().capacity();
    for (int from = 0; from < inputs.steps(); from += capacity) {
      int to = Math.min(from + capacity, inputs.steps());
      append(inputs.view(from, to), from == 0 ? events : from(from, to, events));
    }
  }

  /** What happens at some steps of a block that no tape is told to hold lanes in. */
  private static LaneEvents from(int from, int to, LaneEvents all) {
    var events = new LaneEvents(to - from, all.lanes());
    for (int t = from; t < to; t++) {
      for (int lane = 0; lane < all.lanes(); lane++) {
        events.set(t - from, lane, all.begins(t, lane));
      }
    }
    return events;
  }

  /** Appends no more steps than there is room for once the traces have taken in all others. */
  private void append(Steps inputs, LaneEvents events) {
    int steps = inputs.steps();
    if (ahead + steps > tape.options().capacity()) {
      takeIn(Math.min(ahead, ahead + steps - deepest));
    }
    tape.forward(inputs, events);
    ahead += steps;
    unflushed += steps;
  }

  /** Lets the traces take in the oldest steps that they have not seen. */
  private void takeIn(int steps) {
    traces.advance(ahead - 1, steps);
    ahead -= steps;
  }

  @Override
  public void check(Steps inputs, LaneEvents events) {
    tape.check(inputs, events);
  }

  @Override
  public Steps outputs(int count) {
    return tape.outputs(count);
  }

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    requireOpen();
    // The tape still holds steps that the traces have taken in, and does not know it.
    requests.check(depth, held());
    for (int i = 0; i < adjoints.size(); i++) {
      requests.check(adjoints.get(i), depth);
    }
    for (int i = 0; i < adjoints.size(); i++) {
      Adjoint adjoint = adjoints.get(i);
      tape.backward(depth, adjoint, oldest);
      boolean flushes = unflushed >= Vanishing.EVERY;
      traces.advance(ahead - 1, ahead - depth, adjoint.into().values(), flushes);
      ahead = depth;
      unflushed = flushes ? 0 : unflushed;
    }
  }

  @Override
  public State state() {
    return tape.state();
  }

  @Override
  public void state(State into) {
    tape.state(into);
  }

  @Override
  public void restore(State state) {
    tape.restore(state);
    traces.clear();
    ahead = 0;
    unflushed = 0;
  }

  @Override
  public void reset(int lane) {
    tape.reset(lane);
  }

  @Override
  public void parametersChanged() {
    tape.parametersChanged();
  }

  @Override
  public void save(Snapshot snapshot) {
    tape.save(snapshot);
    snapshot.put("ahead", (long) ahead);
    snapshot.put("unflushed", unflushed);
    traces.save(snapshot.in("traces"));
  }

  @Override
  public void load(Snapshot snapshot) {
    long notSeen = snapshot.number("ahead");
    if (notSeen < 0 || notSeen > tape.options().capacity()) {
      throw new IllegalArgumentException(
          "the checkpoint has %s steps to take in, and there is room for %s; it was written with another k1"
              .formatted(notSeen, tape.options().capacity()));
    }
    traces.check(snapshot.in("traces"));
    tape.load(snapshot);
    traces.load(snapshot.in("traces"));
    ahead = (int) notSeen;
    unflushed = snapshot.has("unflushed") ? snapshot.number("unflushed") : 0; // not in older ones
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this tape is closed; open another one");
    }
  }

  @Override
  public void close() {
    closed = true;
    tape.close();
  }
}
