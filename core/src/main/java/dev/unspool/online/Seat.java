// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Tape;
import org.jspecify.annotations.Nullable;

/** A tape of one lane, for the key that has it now. */
final class Seat {
  /** A version of θ that no tape can have been told of last. */
  static final long BEHIND = -1;

  final Tape tape;
  final Loss loss;

  /** The change of θ that the tape was told of last. */
  long version = BEHIND;

  /** The tape as it was opened: so that a key finds the same one, whoever had it before. */
  final Snapshot blank = new Snapshot();

  @Nullable OwnTape owner;
  @Nullable Seat newer;
  @Nullable Seat older;

  Seat(Tape tape, Loss loss) {
    this.tape = tape;
    this.loss = loss.bind(tape);
    tape.save(blank);
  }

  /** Lets the tape be as it was opened. */
  void clear() {
    tape.load(blank);
    version = BEHIND;
  }

  /** Tells the tape that θ has changed, if it has: so a change costs nothing where nobody looks. */
  void follow(long now) {
    if (version != now) {
      tape.parametersChanged();
      version = now;
    }
  }
}
