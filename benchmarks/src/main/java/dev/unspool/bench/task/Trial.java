// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.train.BestWeights;
import dev.unspool.train.DivergedException;
import dev.unspool.train.Trainer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * One training of one cell on one task.
 *
 * @param network what was trained
 * @param best its weights at the best of some validations, which took no time of the budget
 * @param rate learning rate
 * @param updates that the budget was enough for
 */
record Trial(Network network, BestWeights best, double rate, long updates) {
  private static final int VALIDATIONS = 4;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * Trains until this thread has used the seconds. On a machine that others use as well, they say
   * more than a clock on the wall; what the JVM compiles meanwhile is not in them.
   */
  static Trial run(Task task, Cell cell, Setting setting, double rate, long seed, double seconds) {
    Network network = task.network(cell, setting.hidden());
    Parameters theta = network.initialise(new SplitMix64(seed));
    var best = new BestWeights(theta.layout());
    var engine =
        Tbptt.builder(network, theta)
            .truncation(setting.window(), setting.window())
            .loss(task.loss())
            .lanes(setting.lanes())
            .build();
    var training =
        Trainer.builder(engine, task.training(setting.lanes(), seed))
            .optimizer(new Adam())
            .learningRate(LearningRate.constant(rate))
            .clipping(Clipping.byNorm(Setting.CLIP));
    try (var trainer = training.build()) {
      for (int i = 0; i < VALIDATIONS; i++) {
        long end = THREADS.getCurrentThreadCpuTime() + (long) (seconds / VALIDATIONS * 1e9);
        while (THREADS.getCurrentThreadCpuTime() < end) {
          trainer.update();
        }
        best.offer(task.validate(network, theta), theta);
      }
      return new Trial(network, best, rate, trainer.updates());
    } catch (DivergedException e) {
      return new Trial(network, best, rate, e.update()); // what was good before still counts
    }
  }

  /** The error that the best weights make; NaN if none were finite. */
  double test(Task task) {
    return best.exist() ? task.test(network, best.weights()) : Double.NaN;
  }
}
