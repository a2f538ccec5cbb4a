// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.rtrl.Rtrl;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where the memories of all keys come from; the tapes that they need are its own. */
sealed interface Memories extends AutoCloseable permits SharedTape, Seats {
  /** Of a key that has made no step. */
  Memory create();

  /** Says that θ has changed; costs nothing, however many keys there are. */
  void parametersChanged();

  @Override
  void close();

  /**
   * As a learner is described: one tape for all keys where steps are run again for a sweep, else
   * one for each.
   */
  static Memories of(LearnerBuilder builder, Goals goals) {
    Model model = builder.model;
    int slots = goals.slots();
    int slack = Math.max(builder.k1, 8);
    var limit = new StateLimit(model.state(), builder.stateLimit);
    WeightPolicy policy = builder.weights();
    if (policy == WeightPolicy.REPLAY && !builder.rtrl) {
      int window = Math.max(Math.addExact(builder.k2, goals.reach()), slots);
      var options = TapeOptions.inference(1).withCapacity(window).withOutputWindow(slots);
      var tape = model.open(builder.theta, options.withWeightPolicy(WeightPolicy.AS_APPLIED));
      return new SharedTape(model, tape, builder.loss, slack, limit);
    }
    int lanes = Math.min(builder.lanes, builder.keys);
    return new Seats(model, opener(builder, policy, slots, slack), builder.loss, lanes);
  }

  private static Supplier<Tape> opener(
      LearnerBuilder builder, WeightPolicy policy, int slots, int slack) {
    Model model = builder.model;
    Parameters theta = builder.theta;
    if (builder.rtrl) {
      Function<TapeOptions, Tape> tapes = Rtrl.tapes(model, theta, slots);
      var options = TapeOptions.inference(1).withCapacity(Math.addExact(slots, slack));
      var traced = options.withOutputWindow(slots).withWeightPolicy(WeightPolicy.AS_APPLIED);
      return () -> tapes.apply(traced);
    }
    // k2 steps beyond the newest output that a sweep may read, however late its truth has come.
    int window = Math.addExact(builder.k2, slots - 1);
    var options = TapeOptions.inference(1).withCapacity(window);
    var applied = options.withOutputWindow(slots).withWeightPolicy(policy);
    return () -> model.open(theta, applied);
  }
}
