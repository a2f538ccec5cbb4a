// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.SaidLater;
import dev.unspool.engine.Engine;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.Loss;
import dev.unspool.model.Parameters;
import dev.unspool.model.WeightPolicy;
import dev.unspool.rtrl.Rtrl;
import dev.unspool.step.StepProgram;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.Objects;

/**
 * When a sweep happens, and what it differentiates.
 *
 * @param k1 steps between two sweeps
 * @param k2 depth of a sweep; 0 where it is not truncated
 * @param lossAt {@code every}, {@code last} or {@code last:M}
 * @param policy what a sweep means after the weights have changed
 * @param gradient where gradients come from; where nothing is said, from truncated backpropagation
 */
public record SweepConfig(
    int k1, int k2, String lossAt, WeightPolicy policy, @SaidLater GradientKind gradient) {
  private static final String LAST = "last";

  /** Checks the ranges. */
  public SweepConfig {
    gradient = Objects.requireNonNullElse(gradient, GradientKind.TBPTT);
    boolean truncated = gradient == GradientKind.TBPTT;
    UsageException.require(k1 >= 1, "--k1 must be at least 1, found " + k1);
    UsageException.require(truncated ? k2 >= 1 : k2 == 0, "--k2 must be at least 1, found " + k2);
    parseLossAt(lossAt);
  }

  /** In a few words. */
  public String describe() {
    return gradient == GradientKind.TBPTT
        ? "TBPTT(%s, %s)".formatted(k1, k2)
        : "RTRL every " + Numbers.count(k1, "step");
  }

  /** What turns the steps of a training into gradients. */
  Engine engine(TrainingConfig config, StepProgram program, Loss loss, Parameters theta) {
    if (gradient == GradientKind.RTRL) {
      return Rtrl.builder(program, theta)
          .interval(k1)
          .lossAt(parseLossAt(lossAt))
          .loss(loss)
          .lanes(config.lanes())
          .seed(config.seed())
          .threads(config.threads())
          .build();
    }
    return Tbptt.builder(program, theta)
        .truncation(new Truncation(k1, k2, parseLossAt(lossAt)))
        .loss(loss)
        .lanes(config.lanes())
        .weightPolicy(policy)
        .seed(config.seed())
        .threads(config.threads())
        .build();
  }

  private static LossAt parseLossAt(String text) {
    if (text.equals("every")) {
      return LossAt.EVERY;
    }
    if (text.equals(LAST)) {
      return LossAt.LAST;
    }
    if (text.matches(LAST + ":[1-9][0-9]{0,8}")) {
      return LossAt.last(Integer.parseInt(text.substring(LAST.length() + 1)));
    }
    throw new UsageException(
        "--loss-at is '%s', expected every, last, or last:M with M at least 1".formatted(text));
  }
}
