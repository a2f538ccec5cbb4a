// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.LossValue;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;
import dev.unspool.optimizer.Clipper;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.Optimizer;
import java.util.Arrays;
import java.util.List;

/**
 * From the targets that have come to other weights: the loss of the outputs that had predicted
 * them, a sweep, an update. What is not finite changes nothing.
 */
final class Sweeps {
  private final int slots;
  private final int values;

  /** Steps that a sweep goes back through from the newest output that it reads, at the most. */
  private final int depth;

  private final Gradient gradient;
  private final Clipper clipper;
  private final Optimizer.Bound optimizer;
  private final DriftRate rate;
  private final Counters counters;
  private final Runnable changed;
  private final Spikes spikes;

  // By the number of outputs that a loss reads.
  private final Steps[] targets;
  private final Steps[] masks;
  private final Steps[] adjoints;
  private final List<List<Adjoint>> backward;

  /**
   * No sweep was made yet.
   *
   * @param changed is called after weights have changed
   */
  Sweeps(LearnerBuilder builder, Goals goals, Counters counters, Runnable changed) {
    Model model = builder.model;
    Parameters theta = builder.theta;
    this.depth = builder.rtrl ? Integer.MAX_VALUE : builder.k2;
    this.slots = goals.slots();
    this.values = goals.values();
    this.gradient = new Gradient(model.parameters());
    Clipping clipping = builder.clipping;
    this.clipper = clipping.bind(gradient, Workers.caller());
    this.optimizer = builder.optimizer.bind(theta);
    this.rate = new DriftRate(builder.rate, builder.driftFactor, builder.driftUpdates);
    this.counters = counters;
    this.changed = changed;
    this.spikes = new Spikes(builder.spike, builder.rollBack, theta, optimizer);
    this.targets = views(values);
    this.masks = views(1);
    this.adjoints = views(model.outputs());
    this.backward =
        Arrays.stream(adjoints).map(steps -> List.of(new Adjoint(steps, gradient))).toList();
  }

  private Steps[] views(int features) {
    var whole = Steps.allocate(slots, 1, features);
    var views = new Steps[slots + 1];
    Arrays.setAll(views, count -> whole.view(0, count));
    return views;
  }

  /** Errors have grown. */
  void drifted() {
    rate.alarm(counters.updates());
  }

  /** Makes what a key's truths give. */
  void run(Key key, Lesson lesson) {
    key.sinceSweep = 0;
    long first = Math.max(0, key.rows - slots);
    int oldest = -1;
    int newest = Integer.MAX_VALUE;
    for (long row = first; row < key.rows; row++) {
      if (key.waiting.isFresh(row)) {
        int age = age(key, row);
        oldest = Math.max(oldest, age);
        newest = Math.min(newest, age);
      }
    }
    if (oldest < 0) {
      return;
    }
    int read = oldest + 1;
    gather(key, first, read);
    if (!key.memory.recall()) {
      skip(Incident.LOSS, lesson, Double.NaN, Double.NaN);
      return;
    }
    LossValue loss =
        key.memory
            .loss()
            .evaluate(key.memory.outputs(read), targets[read], masks[read], adjoints[read]);
    if (!Double.isFinite(loss.value())) {
      skip(Incident.LOSS, lesson, loss.value(), Double.NaN);
      return;
    }
    if (spikes.is(loss.value())) {
      if (spikes.rollBack()) {
        counters.rollback();
        changed.run();
      }
      skip(Incident.SPIKE, lesson, loss.value(), Double.NaN);
      return;
    }
    int deep = (int) Math.min(key.memory.held(), (long) newest + depth);
    if (isFlat(adjoints[read])) {
      Arrays.fill(gradient.values(), 0);
    } else {
      key.memory.backward(deep, backward.get(read));
    }
    double norm = clipper.norm(gradient);
    if (!Double.isFinite(norm)) {
      skip(Incident.GRADIENT, lesson, loss.value(), norm);
      return;
    }
    key.memory.settle();
    clipper.clip(gradient, norm);
    optimizer.step(gradient, rate.at(counters.updates()));
    counters.update();
    spikes.updated(counters.updates());
    changed.run();
    lesson.swept(loss.value(), norm);
  }

  private void skip(Incident why, Lesson lesson, double loss, double norm) {
    lesson.skip(why, loss, norm);
    counters.incident(why);
  }

  private static int age(Key key, long row) {
    return Math.toIntExact(key.steps - 1 - key.waiting.step(row));
  }

  /** Puts targets that no sweep has counted side by side, oldest step first. */
  private void gather(Key key, long first, int read) {
    Steps wanted = targets[read];
    Steps mask = masks[read];
    mask.fill(0);
    for (long row = first; row < key.rows; row++) {
      if (key.waiting.isFresh(row)) {
        int at = read - 1 - age(key, row);
        key.waiting.copyFresh(row, wanted.values(), at * values);
        mask.values()[at] = 1;
        key.waiting.counted(row);
      }
    }
  }

  private static boolean isFlat(Steps adjoint) {
    for (int i = 0; i < adjoint.size(); i++) {
      if (adjoint.values()[i] != 0) {
        return false;
      }
    }
    return true;
  }

  void save(Snapshot snapshot) {
    optimizer.save(snapshot.in("optimizer"));
    spikes.save(snapshot.in("spikes"));
    rate.save(snapshot.in("rate"));
  }

  void load(Snapshot snapshot) {
    optimizer.load(snapshot.in("optimizer"));
    spikes.load(snapshot.in("spikes"));
    rate.load(snapshot.in("rate"));
  }
}
