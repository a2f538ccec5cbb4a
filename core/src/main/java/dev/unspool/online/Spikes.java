// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.optimizer.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * Tells a loss that is far larger than losses lately, and goes back to weights of before. What is
 * usual is the mean of the newest losses, into which one counts as at most the limit, and each that
 * follows in a row as at most twice what the one before it did: so where losses have become larger
 * for good, by however much, they are usual before long.
 */
final class Spikes {
  private static final double MEMORY = 100;
  private static final long FIRST = 50;

  /** Updates after which weights are kept: those before the last ones are gone back to. */
  private static final int PERIOD = 500;

  private final double factor;
  private final boolean rollBack;
  private final Parameters theta;
  private final Optimizer.Bound optimizer;
  private double usual;
  private long count;
  private long inARow;
  private @Nullable Snapshot newest;
  private @Nullable Snapshot good;

  /**
   * No loss was seen yet.
   *
   * @param factor by which a loss exceeds what is usual; infinity: none does
   */
  Spikes(double factor, boolean rollBack, Parameters theta, Optimizer.Bound optimizer) {
    this.factor = factor;
    this.rollBack = rollBack;
    this.theta = theta;
    this.optimizer = optimizer;
  }

  /** Whether a loss is far larger than usual; it is taken in. */
  boolean is(double loss) {
    if (factor == Double.POSITIVE_INFINITY) {
      return false;
    }
    double limit = factor * Math.max(usual, Double.MIN_NORMAL);
    boolean spike = count >= FIRST && loss > limit;
    inARow = spike ? inARow + 1 : 0;
    count++;
    double weight = Math.max(1.0 / count, 1 / MEMORY);
    double most = Math.scalb(limit, (int) Math.min(inARow - 1, 2000));
    usual += weight * ((spike ? Math.min(loss, most) : loss) - usual);
    return spike;
  }

  /** Keeps weights and moments now and then; after an update. */
  void updated(long number) {
    if (rollBack && number % PERIOD == 0) {
      good = newest;
      newest = copy();
    }
  }

  private Snapshot copy() {
    var copy = new Snapshot();
    copy.put("theta", theta.values().clone());
    optimizer.save(copy.in("optimizer"));
    return copy;
  }

  /**
   * Goes back to weights and moments that were kept before the last ones.
   *
   * @return whether there are any
   */
  boolean rollBack() {
    if (good == null) {
      return false;
    }
    float[] values = good.floats("theta");
    System.arraycopy(values, 0, theta.values(), 0, values.length);
    optimizer.load(good.in("optimizer"));
    newest = good;
    return true;
  }

  void save(Snapshot snapshot) {
    snapshot.put("usual", usual, (double) count, (double) inARow);
    put(newest, snapshot.in("newest"));
    put(good, snapshot.in("good"));
  }

  private static void put(@Nullable Snapshot kept, Snapshot room) {
    if (kept != null) {
      kept.entries().forEach(room::put);
    }
  }

  void load(Snapshot snapshot) {
    double[] numbers = snapshot.doubles("usual");
    usual = numbers[0];
    count = (long) numbers[1];
    inARow = (long) numbers[2];
    // What was kept is read back by those who wrote it.
    Snapshot now = copy();
    good = take(snapshot.in("good"));
    newest = take(snapshot.in("newest"));
    System.arraycopy(now.floats("theta"), 0, theta.values(), 0, theta.values().length);
    optimizer.load(now.in("optimizer"));
  }

  private @Nullable Snapshot take(Snapshot room) {
    if (!room.has("theta")) {
      return null;
    }
    float[] values = room.floats("theta");
    System.arraycopy(values, 0, theta.values(), 0, values.length);
    optimizer.load(room.in("optimizer"));
    return copy();
  }
}
