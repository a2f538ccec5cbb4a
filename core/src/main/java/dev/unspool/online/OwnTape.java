// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key with a tape of its own, which remembers its steps as they were made. While other keys have
 * the tapes that there are, it is what {@link dev.unspool.model.Tape#save} stored.
 */
final class OwnTape implements Memory {
  private final Seats seats;
  private final State newest;

  /** Of how many of the newest steps outputs are there. */
  private int known;

  private boolean hasBegun;
  private @Nullable Snapshot away;
  private @Nullable Seat seat;

  OwnTape(Seats seats) {
    this.seats = seats;
    this.newest = seats.zeros();
  }

  @Override
  public void touch() {
    if (seat != null) {
      seats.use(seat);
    } else {
      seat = seats.take(this);
      if (away != null) {
        seat.tape.load(away);
        away = null;
      } else {
        begin(seat);
      }
    }
    seat.follow(seats.version());
  }

  private Seat seat() {
    if (seat == null) {
      throw new IllegalStateException("this key has no tape now");
    }
    return seat;
  }

  /** Gives the tape to another key. */
  void leave() {
    Seat mine = seat();
    mine.tape.parametersChanged(); // so that also the weights of the newest steps are stored
    mine.version = Seat.BEHIND;
    var snapshot = new Snapshot();
    mine.tape.save(snapshot);
    away = snapshot;
    seat = null;
  }

  @Override
  public Steps step(Steps input, boolean begins) {
    Seat mine = seat();
    mine.follow(seats.version());
    seats.events().set(0, 0, begins);
    mine.tape.forward(input, seats.events());
    mine.tape.state(seats.tried());
    return mine.tape.outputs(1);
  }

  @Override
  public State tried() {
    return seats.tried();
  }

  @Override
  public void keep() {
    hasBegun = true;
    known = Math.min(known + 1, seat().tape.options().outputWindow());
    newest.set(seats.tried());
  }

  /** The steps before fall off with it: a tape cannot give back its newest step alone. */
  @Override
  public void drop() {
    begin(seat());
    known = 0;
  }

  private void begin(Seat mine) {
    mine.clear();
    if (hasBegun) {
      mine.tape.restore(newest);
    }
  }

  @Override
  public boolean recall() {
    seat().follow(seats.version());
    return true;
  }

  @Override
  public void settle() {} // its steps are as they were made

  @Override
  public int held() {
    return seat().tape.held();
  }

  @Override
  public int known() {
    return known;
  }

  @Override
  public Loss loss() {
    return seat().loss;
  }

  @Override
  public Steps outputs(int count) {
    return seat().tape.outputs(count);
  }

  @Override
  public void backward(int depth, List<Adjoint> adjoints) {
    seat().tape.backward(depth, adjoints);
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("known", known, hasBegun ? 1L : 0);
    newest.save(snapshot.in("newest"));
    var tape = snapshot.in("tape");
    if (away != null) {
      away.entries().forEach(tape::put);
    } else if (seat != null) {
      seat.follow(seats.version());
      seat.tape.save(tape);
    }
  }

  @Override
  public void load(Snapshot snapshot) {
    long[] numbers = snapshot.longs("known");
    known = Math.toIntExact(numbers[0]);
    hasBegun = numbers[1] != 0;
    newest.load(snapshot.in("newest"));
    touch();
    seat().tape.load(snapshot.in("tape"));
    seat().version = seats.version();
  }

  @Override
  public void forget() {
    if (seat != null) {
      seats.free(seat);
      seat = null;
    }
  }
}
