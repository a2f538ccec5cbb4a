// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;

/**
 * A learner as numbers: weights, moments, scales, bands, counters, and of every key what is known
 * of it.
 */
final class Stored {
  private final Settings settings;
  private final Parameters theta;
  private final boolean ownScales;
  private final Counters counters;
  private final Sweeps sweeps;
  private final Judge judge;
  private final Scales scales;
  private final Keys keys;
  private final Runnable changed;

  Stored(
      LearnerBuilder builder,
      Counters counters,
      Sweeps sweeps,
      Judge judge,
      Scales scales,
      Keys keys,
      Runnable changed) {
    this.settings = new Settings(builder);
    this.theta = builder.theta;
    this.ownScales = builder.scalesPerKey;
    this.counters = counters;
    this.sweeps = sweeps;
    this.judge = judge;
    this.scales = scales;
    this.keys = keys;
    this.changed = changed;
  }

  void save(Snapshot snapshot) {
    settings.save(snapshot.in("settings"));
    saveShared(snapshot);
    snapshot.put("keys", (long) keys.size());
    int number = 0;
    for (Key key = keys.oldest(); key != null; key = key.newer) {
      Snapshot room = snapshot.in("key" + number++);
      // As UTF-16, since a half of a pair has no UTF-8, and two keys would become one.
      room.put("name", key.name.chars().asLongStream().toArray());
      key.save(room, ownScales);
    }
  }

  /** Takes up all, or nothing. */
  void load(Snapshot snapshot) {
    if (keys.size() > 0) {
      throw new IllegalStateException(
          "this learner knows %s keys; load into one that is new".formatted(keys.size()));
    }
    settings.require(snapshot.in("settings"));
    var before = new Snapshot();
    saveShared(before);
    try {
      loadShared(snapshot);
      long count = snapshot.number("keys");
      for (int number = 0; number < count; number++) {
        Snapshot room = snapshot.in("key" + number);
        keys.touch(name(room.longs("name"))).load(room, ownScales);
      }
    } catch (RuntimeException e) {
      keys.clear();
      loadShared(before);
      throw e;
    }
  }

  private void saveShared(Snapshot snapshot) {
    snapshot.put("theta", theta.values().clone());
    counters.save(snapshot);
    sweeps.save(snapshot);
    judge.save(snapshot);
    scales.save(snapshot.in("scales"));
  }

  private void loadShared(Snapshot snapshot) {
    float[] weights = snapshot.floats("theta");
    System.arraycopy(weights, 0, theta.values(), 0, theta.values().length);
    changed.run();
    sweeps.load(snapshot);
    judge.load(snapshot);
    scales.load(snapshot.in("scales"));
    counters.load(snapshot);
  }

  private static String name(long[] stored) {
    char[] chars = new char[stored.length];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) stored[i];
    }
    return new String(chars);
  }
}
