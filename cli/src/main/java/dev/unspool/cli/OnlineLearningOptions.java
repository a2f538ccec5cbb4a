// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.online.LearningConfig;
import dev.unspool.cli.run.GradientKind;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.OptimizerKind;
import dev.unspool.cli.run.OutputConfig;
import dev.unspool.cli.run.RuleConfig;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.WeightPolicy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How a stream is learned from. What is not given stays as it was, or is as a new stream has it.
 */
final class OnlineLearningOptions {
  @Option(
      names = "--k1",
      paramLabel = "RECORDS",
      description = "Backpropagate after every k1 records of a key. Default: 1.")
  @Nullable Integer k1;

  @Option(
      names = "--k2",
      paramLabel = "RECORDS",
      description = "Through the last k2 records of the key. Default: 50.")
  @Nullable Integer k2;

  @Option(
      names = "--gradient",
      paramLabel = "WAY",
      completionCandidates = Choices.Gradients.class,
      description =
          "tbptt: backpropagated through the last k2 records; rtrl: carried forwards, through all of a"
              + " key, for cells whose units are carried by themselves (mingru, minlstm, lru, rtu)."
              + " Default: tbptt.")
  @Nullable GradientKind gradient;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      completionCandidates = Choices.Policies.class,
      description =
          "Which weights a sweep sees at records that ran with older ones: ${COMPLETION-CANDIDATES}."
              + " Default: as-applied for one sequence, replay with --key.")
  @Nullable WeightPolicy policy;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = Choices.Optimizers.class,
      description = "Update rule: ${COMPLETION-CANDIDATES}. Default: adam.")
  @Nullable OptimizerKind optimizer;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description =
          "Learning rate at which it settles: it rises to 4.3 times that in 100 updates, and falls with"
              + " the root of their number. Default: 0.001.")
  @Nullable Double lr;

  @Option(
      names = "--drift-rate",
      paramLabel = "TIMES",
      description =
          "Raise the learning rate by this for 300 updates whenever the test for drift says that the error"
              + " has grown; 3 is a good value where laws change at once. Default: 1, never.")
  @Nullable Double driftRate;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "Scale a gradient down to this norm; 0: never. Default: 1.")
  @Nullable Double clip;

  @Option(
      names = "--normalise",
      paramLabel = "HOW",
      completionCandidates = Choices.SeriesScales.class,
      description =
          "How numbers are scaled, by what has come so far: ${COMPLETION-CANDIDATES} (standard: mean"
              + " and deviation; robust: the same, hardly moved by a few wild values). Default:"
              + " robust.")
  @Nullable SeriesScale normalise;

  @Option(
      names = "--memory",
      paramLabel = "RECORDS",
      description = "Over how many records the scales fade. Default: 1000.")
  @Nullable Double memory;

  @Option(
      names = "--scale-per-key",
      description = "Give each key scales of its own; else all have the same.")
  boolean scalePerKey;

  @Option(
      names = "--warm-up",
      paramLabel = "RECORDS",
      description =
          "So many records only make scales; until then, the newest value is predicted. Default: 32.")
  @Nullable Integer warmUp;

  @Option(
      names = "--keys",
      paramLabel = "N",
      description =
          "Keys that are remembered; beyond them, who was not heard of for longest is forgotten."
              + " Default: 100000.")
  @Nullable Integer keys;

  @Option(
      names = "--band",
      paramLabel = "P",
      description = "Share of the truths that shall lie in a band. Default: 0.9.")
  @Nullable Double band;

  @Option(
      names = "--combine",
      negatable = true,
      description =
          "Predict what the network and its baselines say together, weighted by how good each has been"
              + " lately, with bands around that. Without it, this is said beside the network's own"
              + " predictions.")
  @Nullable Boolean combine;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the first weights. Default: 1.")
  @Nullable Long seed;

  @Option(
      names = "--stop-after-bad",
      paramLabel = "N",
      description =
          "End, with a snapshot, after so many records in a row that cannot be used, or sweeps that"
              + " cannot be learned from. Default: 100.")
  @Nullable Integer stopAfterBad;

  @Option(
      names = "--state-limit",
      paramLabel = "NORM",
      description =
          "Largest norm of the network's state; beyond it a record cannot be used."
              + " Default: 1000000.")
  @Nullable Double stateLimit;

  @Option(
      names = "--on-spike",
      paramLabel = "WHAT",
      completionCandidates = Choices.OnSpikes.class,
      description =
          "What to do about a loss that is far larger than usual: ${COMPLETION-CANDIDATES} (skip: do not"
              + " learn of it; rollback: go back to earlier weights, too). Default: nothing.")
  LearningConfig.Guards.@Nullable OnSpike onSpike;

  @Option(
      names = "--spike",
      paramLabel = "TIMES",
      description =
          "How many times as large as usual a loss has to be, with --on-spike. Default: 10.")
  @Nullable Double spike;

  /** How a new stream is learned from. */
  LearningConfig config(NetworkConfig network, OutputConfig output) {
    boolean truncated = gradient != GradientKind.RTRL;
    return config(
        new LearningConfig(
            network,
            output,
            new LearningConfig.Sweep(
                1, truncated ? 50 : 0, truncated ? GradientKind.TBPTT : GradientKind.RTRL, null),
            new RuleConfig(OptimizerKind.ADAM, 0, 0, 1, 0),
            0.001,
            1,
            new LearningConfig.Scales(1000, true, false, 32),
            100_000,
            0.9,
            false,
            1,
            new LearningConfig.Guards(100, 1e6, null, 10)),
        network,
        output);
  }

  /** The same with what is given here. */
  LearningConfig config(LearningConfig base, NetworkConfig network, OutputConfig output) {
    LearningConfig.Sweep sweep = base.sweep();
    LearningConfig.Scales scales = base.scales();
    GradientKind way = gradient == null ? sweep.gradient() : gradient;
    UsageException.require(
        way == GradientKind.TBPTT || k2 == null,
        "--k2 has no meaning with --gradient rtrl, which goes back to where a key began; leave it out");
    RuleConfig rule = base.rule();
    return new LearningConfig(
        network,
        output,
        new LearningConfig.Sweep(
            k1 == null ? sweep.k1() : k1,
            way == GradientKind.RTRL ? 0 : k2 == null ? sweep.k2() : k2,
            way,
            policy == null ? sweep.policy() : policy),
        new RuleConfig(
            optimizer == null ? rule.optimizer() : optimizer,
            rule.momentum(),
            rule.weightDecay(),
            clip == null ? rule.clip() : clip,
            rule.clipValue()),
        lr == null ? base.lr() : lr,
        driftRate == null ? base.driftRate() : driftRate,
        new LearningConfig.Scales(
            memory == null ? scales.memory() : memory,
            normalise == null ? scales.robust() : normalise == SeriesScale.ROBUST,
            scales.perKey() || scalePerKey,
            warmUp == null ? scales.warmUp() : warmUp),
        keys == null ? base.keys() : keys,
        band == null ? base.band() : band,
        combine == null ? base.combine() : combine,
        seed == null ? base.seed() : seed,
        new LearningConfig.Guards(
            stopAfterBad == null ? base.guards().stopAfterBad() : stopAfterBad,
            stateLimit == null ? base.guards().stateLimit() : stateLimit,
            onSpike == null ? base.guards().onSpike() : onSpike,
            spike == null ? base.guards().spike() : spike));
  }
}
