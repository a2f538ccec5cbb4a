// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.State;
import dev.unspool.model.Tape;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The tapes that there are for keys: who has not been heard of for longest gives up its own. */
final class Seats implements Memories {
  private final Model model;
  private final Supplier<Tape> opener;
  private final Loss loss;
  private final int most;
  private final LaneEvents events = new LaneEvents(1, 1);
  private final State tried;
  private final ArrayDeque<Seat> empty = new ArrayDeque<>();
  private @Nullable Seat newest;
  private @Nullable Seat oldest;
  private int taken;
  private long version;

  /**
   * No tape is open yet.
   *
   * @param opener of tapes of one lane
   * @param most tapes at the same time, at least 1
   */
  Seats(Model model, Supplier<Tape> opener, Loss loss, int most) {
    this.model = model;
    this.opener = opener;
    this.loss = loss;
    this.most = most;
    this.tried = zeros();
  }

  @Override
  public Memory create() {
    return new OwnTape(this);
  }

  final State zeros() {
    return new State(model.state(), 1);
  }

  LaneEvents events() {
    return events;
  }

  /** The state that the step leaves which was tried last, of whatever key. */
  State tried() {
    return tried;
  }

  /** How often θ has changed. */
  long version() {
    return version;
  }

  @Override
  public void parametersChanged() {
    version++;
  }

  /** A seat for a key that has none. */
  Seat take(OwnTape owner) {
    Seat seat = empty.poll();
    if (seat == null && oldest != null && taken == most) {
      seat = oldest;
      OwnTape before = seat.owner;
      if (before != null) {
        before.leave();
      }
      unlink(seat);
    }
    if (seat == null) {
      seat = new Seat(opener.get(), loss);
    }
    seat.owner = owner;
    link(seat);
    return seat;
  }

  /** Says that a key has been heard of. */
  void use(Seat seat) {
    if (seat != newest) {
      unlink(seat);
      link(seat);
    }
  }

  /** A key has been forgotten. */
  void free(Seat seat) {
    unlink(seat);
    seat.owner = null;
    seat.version = Seat.BEHIND;
    empty.push(seat);
  }

  private void link(Seat seat) {
    seat.older = newest;
    seat.newer = null;
    if (newest != null) {
      newest.newer = seat;
    } else {
      oldest = seat;
    }
    newest = seat;
    taken++;
  }

  private void unlink(Seat seat) {
    if (seat.newer != null) {
      seat.newer.older = seat.older;
    } else {
      newest = seat.older;
    }
    if (seat.older != null) {
      seat.older.newer = seat.newer;
    } else {
      oldest = seat.newer;
    }
    seat.newer = null;
    seat.older = null;
    taken--;
  }

  @Override
  public void close() {
    for (Seat seat = newest; seat != null; seat = seat.older) {
      seat.tape.close();
    }
    empty.forEach(seat -> seat.tape.close());
  }
}
