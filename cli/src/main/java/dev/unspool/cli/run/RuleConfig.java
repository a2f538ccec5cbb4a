// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.Optimizer;
import dev.unspool.optimizer.RmsProp;
import dev.unspool.optimizer.Sgd;

/**
 * What becomes of a gradient.
 *
 * @param optimizer update rule
 * @param momentum of SGD
 * @param weightDecay of AdamW
 * @param clip largest norm of a gradient; 0: any
 * @param clipValue largest size of a gradient's value; 0: any
 */
public record RuleConfig(
    OptimizerKind optimizer, double momentum, double weightDecay, double clip, double clipValue) {

  /** Checks the ranges. */
  public RuleConfig {
    UsageException.require(
        momentum >= 0 && momentum < 1, "--momentum must be in [0, 1), found " + momentum);
    UsageException.require(
        weightDecay >= 0, "--weight-decay must not be negative, found " + weightDecay);
    UsageException.require(clip >= 0, "--clip must not be negative, found " + clip);
    UsageException.require(clipValue >= 0, "--clip-value must not be negative, found " + clipValue);
    UsageException.require(
        clip == 0 || clipValue == 0, "--clip-value needs --clip 0: there is one way to clip");
    UsageException.require(
        momentum == 0 || optimizer == OptimizerKind.SGD,
        "--momentum is for --optimizer sgd; adam and rmsprop have averages of their own");
    UsageException.require(
        weightDecay == 0 || optimizer == OptimizerKind.ADAMW,
        "--weight-decay is for --optimizer adamw");
  }

  /** The update rule. */
  public Optimizer rule() {
    return switch (optimizer) {
      case SGD -> new Sgd(momentum, false);
      case RMSPROP -> new RmsProp();
      case ADAM -> new Adam();
      case ADAMW -> Adam.withDecoupledDecay(weightDecay);
    };
  }

  /** What is done to a gradient that is too large. */
  public Clipping clipping() {
    if (clipValue > 0) {
      return Clipping.byValue(clipValue);
    }
    return clip > 0 ? Clipping.byNorm(clip) : Clipping.none();
  }
}
