// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.GradientKind;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.online.LearnerBuilder;
import dev.unspool.online.OnlineLearner;
import dev.unspool.online.Reference;
import dev.unspool.online.Scaling;
import dev.unspool.optimizer.LearningRate;

/** Makes what learns, as it is configured. */
final class Learners {
  /** Updates over which the learning rate rises: Adam's first steps know little. */
  private static final int WARM_UP = 100;

  /** So many times the rate at which it settles is where it begins to fall. */
  private static final int FIRST = 5;

  /** Updates after which it has fallen by a root of two. */
  private static final int PACE = 300;

  /** Seasons and newest values that the linear baseline reads where there are seasons. */
  private static final int SEASONS = 4;

  private static final int LAGS = 12;

  private Learners() {}

  /** The network. */
  static Network network(OnlineConfig config, Architecture architecture) {
    var features = StreamFeatures.of(config);
    int targets = config.stream().columns().targets().size();
    return architecture.network(
        new Input.Numeric(features.count()), config.learning().output().outputs(targets));
  }

  /** Its first weights, where nothing else is said. */
  static Parameters first(OnlineConfig config, Network network) {
    LearningConfig learning = config.learning();
    return network.initialise(learning.network().initialisation(), new SplitMix64(learning.seed()));
  }

  /**
   * A learner that has seen nothing.
   *
   * @param theta changed by it
   */
  static OnlineLearner learner(OnlineConfig config, Network network, Parameters theta) {
    LearningConfig learning = config.learning();
    double lr = learning.lr();
    LearnerBuilder builder =
        OnlineLearner.builder(network.program(), theta)
            .horizons(learning.output().horizons().stream().mapToInt(Integer::intValue).toArray())
            .loss(learning.output().function())
            .optimizer(learning.rule().rule())
            .learningRate(LearningRate.settling(FIRST * lr, WARM_UP, PACE, lr))
            .onDrift(learning.driftRate(), PACE)
            .clipping(learning.rule().clipping())
            .keys(config.stream().keyed() ? learning.keys() : 1)
            .bands(learning.band())
            .stopAfter(learning.guards().stopAfterBad())
            .stateLimit(learning.guards().stateLimit());
    if (learning.sweep().gradient() == GradientKind.RTRL) {
      builder.rtrl().truncation(learning.sweep().k1(), 1);
    } else {
      builder.truncation(learning.sweep().k1(), learning.sweep().k2());
    }
    if (learning.sweep().policy() != null) {
      builder.policy(learning.sweep().policy());
    }
    LearningConfig.Guards guards = learning.guards();
    if (guards.onSpike() != null) {
      builder.onSpike(guards.spike(), guards.onSpike() == LearningConfig.Guards.OnSpike.ROLLBACK);
    }
    if (!config.stream().seasons().isEmpty()) {
      builder.season(config.stream().seasons().getFirst()).seasons(SEASONS).lags(LAGS);
    }
    scale(builder, config);
    return builder.build();
  }

  private static void scale(LearnerBuilder builder, OnlineConfig config) {
    LearningConfig.Scales scales = config.learning().scales();
    Inherited inherited = config.inherited();
    if (inherited != null) {
      double[][] fixed = StreamFeatures.of(config).scales(inherited);
      builder
          .inputs(Scaling.fixed(fixed[0], fixed[1]))
          .targets(Scaling.none())
          .targets(inherited.outputs(config.stream().columns().targets()))
          .warmUp(0);
      return;
    }
    Scaling running =
        scales.robust() ? Scaling.robust(scales.memory()) : Scaling.running(scales.memory());
    builder.inputs(running).targets(running).warmUp(scales.warmUp());
    builder.relativeTo(
        switch (config.learning().output().predict()) {
          case CHANGE -> Reference.NEWEST;
          case LEVEL -> Reference.MEAN;
          case RESIDUAL -> Reference.BASELINES;
        });
    if (scales.perKey()) {
      builder.scalesPerKey();
    }
  }
}
